"""The buttons of the manager's desk: which ones stand under what."""

from collections.abc import Iterable

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import Desk
from bot.cards import Line
from bot.interview import Question, offered, words_of
from bot.texts import label
from letters.words import named
from register.complaint import Complaint, Letter, LetterKind, State
from register.labels import Channel, Motive, Severity

Row = list[InlineKeyboardButton]

ENTERED_BY = (Channel.PHONE, Channel.POST, Channel.DESK)
"""The ways by which a complaint reaches the manager alone."""

ENTRY = "new"  # stands where the reference of a complaint stands, until there is one


def button(words: str, action: str, reference: str = "", choice: str = "") -> InlineKeyboardButton:
    """One button of the desk."""
    return InlineKeyboardButton(words, callback_data=Desk(action, reference, choice).pack())


def card(complaint: Complaint) -> InlineKeyboardMarkup:
    """What can be done with a complaint as it stands."""
    rows = _open_rows(complaint) if complaint.is_open else []
    if complaint.state is State.SET_ASIDE:
        rows.append([_known("undo", complaint.reference)])
    rows.append(_reading_row(complaint))
    return InlineKeyboardMarkup(rows)


def _open_rows(complaint: Complaint) -> list[Row]:
    reference = complaint.reference
    rows = [
        [_known("motive", reference), _known("severity", reference)],
        [_known("investigate", reference), _known("answer", reference)],
        [_known("not_complaint", reference)],
    ]
    letter = complaint.letter(LetterKind.ANSWER)
    if letter is not None and not letter.is_sent:
        rows = []
    if not complaint.is_confirmed:
        rows.insert(0, [_known("confirm", reference)])
    return rows


def _reading_row(complaint: Complaint) -> Row:
    row = [_known("text", complaint.reference)]
    if complaint.attachments:
        row.insert(0, _known("pieces", complaint.reference))
    return row


def motives(complaint: Complaint) -> InlineKeyboardMarkup:
    """The thirteen motives, and the way back."""
    buttons = [button(named(one), "is_motive", complaint.reference, one) for one in Motive]
    return _choices(_pairs(buttons), complaint)


def severities(complaint: Complaint) -> InlineKeyboardMarkup:
    """The four severities, and the way back."""
    buttons = [button(named(one), "is_severity", complaint.reference, one) for one in Severity]
    return _choices(_pairs(buttons), complaint)


def sure_to_set_aside(complaint: Complaint) -> InlineKeyboardMarkup:
    """The one question before a complaint is set aside."""
    return _choices([[_known("set_aside", complaint.reference)]], complaint)


def undo(complaint: Complaint) -> InlineKeyboardMarkup:
    """The way back from setting aside."""
    return InlineKeyboardMarkup([[_known("undo", complaint.reference)]])


def open_card(reference: str) -> InlineKeyboardMarkup:
    """The way to the card."""
    return InlineKeyboardMarkup([[_known("card", reference)]])


def cards(lines: Iterable[Line]) -> InlineKeyboardMarkup | None:
    """A button for each line of a list, which opens its card; None under an empty list."""
    rows = [[button(f"{line.reference} · {line.left}", "card", line.reference)] for line in lines]
    return InlineKeyboardMarkup(rows) if rows else None


def question(complaint: Complaint, asked: Question) -> InlineKeyboardMarkup:
    """What can be tapped for a question of the interview."""
    rows = [
        [button(words_of(asked, code), asked, complaint.reference, code)]
        for code in offered(complaint, asked)
    ]
    rows.append([_known("later", complaint.reference)])
    return InlineKeyboardMarkup(rows)


def preview(complaint: Complaint, seen: str) -> InlineKeyboardMarkup:
    """Under the letter: `seen` is its mark, so that only what was read can be sent."""
    reference = complaint.reference
    fixes = [[_known("fix_reasons", reference)]]
    if complaint.decision.compensation_asked:
        fixes.append([_known("fix_actions", reference), _known("fix_compensation", reference)])
    return InlineKeyboardMarkup(
        [[_known("send", reference, seen)], *fixes, [_known("later", reference)]]
    )


def unsent(complaint: Complaint, letter: Letter) -> InlineKeyboardMarkup:
    """What can be done about a letter that does not leave; without an address, by hand alone."""
    number = number_of(complaint, letter)
    ways = ("retry", "otherwise") if letter.to else ("handed", "read_out")
    return InlineKeyboardMarkup(
        [
            [_known(one, complaint.reference, number) for one in ways],
            [_known("letter", complaint.reference, number), _known("card", complaint.reference)],
        ]
    )


def number_of(complaint: Complaint, letter: Letter) -> str:
    """A letter as a button names it: "answer.1" of R-2026-0001."""
    return letter.letter_id.removeprefix(f"{complaint.reference}.")


def set_aside(number: int) -> InlineKeyboardMarkup:
    """Under a message that was not taken as a complaint."""
    return InlineKeyboardMarkup([[_known("complaint", choice=str(number))]])


def doubt(number: int) -> InlineKeyboardMarkup:
    """Under a message that was set aside in doubt."""
    both = [_known(one, choice=str(number)) for one in ("complaint", "no_thanks")]
    return InlineKeyboardMarkup([both])


def older(number: int) -> InlineKeyboardMarkup:
    """The messages set aside before that one."""
    return InlineKeyboardMarkup([[_known("older", choice=str(number))]])


def entry_channels() -> InlineKeyboardMarkup:
    """The way by which a complaint reached the manager."""
    ways = [button(label(f"manager.entry_{one}"), "entry", ENTRY, one) for one in ENTERED_BY]
    return InlineKeyboardMarkup([ways, [_known("cancel", ENTRY)]])


def entry_text() -> InlineKeyboardMarkup:
    """While the client's words are being written."""
    return InlineKeyboardMarkup([[_known("finished", ENTRY), _known("cancel", ENTRY)]])


def entry_question(asked: str) -> InlineKeyboardMarkup:
    """Under the client's name and e-mail: both may be unknown."""
    return InlineKeyboardMarkup([[_known("skip", ENTRY, asked), _known("cancel", ENTRY)]])


def _known(action: str, reference: str = "", choice: str = "") -> InlineKeyboardButton:
    return button(label(f"manager.button_{action}"), action, reference, choice)


def _pairs(buttons: list[InlineKeyboardButton]) -> list[Row]:
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def _choices(rows: list[Row], complaint: Complaint) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([*rows, [_known("back", complaint.reference)]])
