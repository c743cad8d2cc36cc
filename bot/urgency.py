"""What a prompt offers beside its words: the next step as a button, a list for the first hour."""

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot import ledger
from bot.cards import Line
from bot.interview import NextStep, next_step
from bot.texts import label, say, sources
from register.complaint import Complaint

_ACTS = {
    NextStep.INVESTIGATE: ("investigate", "manager.button_investigate"),
    NextStep.ANSWER: ("answer", "manager.button_answer"),
    NextStep.APPROVE: ("answer", "urgent.button_approve"),
}


def next_steps(
    complaints: Sequence[Complaint], lines: Sequence[Line]
) -> InlineKeyboardMarkup | None:
    """Under a digest: for each complaint its card, and its next step."""
    rows = [_row(one, line) for one, line in zip(complaints, lines, strict=True)]
    return InlineKeyboardMarkup(rows) if rows else None


def checklist(complaint: Complaint) -> ledger.Page:
    """What to do in the first hour, by motive."""
    motive = complaint.motives[0] if complaint.motives else ""
    key = f"urgent.checklist_{motive}"
    text = say(key if key in sources() else "urgent.checklist", reference=complaint.reference)
    rows = [_next(complaint), [ledger.to_card(complaint.reference)]]
    return text, InlineKeyboardMarkup([row for row in rows if row])


def _row(complaint: Complaint, line: Line) -> ledger.Row:
    card = ledger.button(f"{line.reference} · {line.left}", "card", line.reference)
    return [card, *_next(complaint)]


def _next(complaint: Complaint) -> ledger.Row:
    """The button of the next step; none while the answer is leaving, or has to be mended."""
    act = _ACTS.get(next_step(complaint))
    return [ledger.button(label(act[1]), act[0], complaint.reference)] if act else []
