"""The buttons of the manager's desk: which ones stand under what."""

from collections.abc import Iterable
from html import unescape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import Desk
from bot.cards import Line
from bot.interview import question_before
from bot.ledger import ending_rows
from bot.texts import label, say
from letters.words import known_motives, named
from register.complaint import (
    REOPENABLE,
    Complaint,
    Letter,
    LetterKind,
    SetAsideMessage,
    State,
)
from register.labels import Channel, Severity

Row = list[InlineKeyboardButton]

ENTERED_BY = (Channel.PHONE, Channel.POST, Channel.DESK)
"""The ways by which a complaint reaches the manager alone."""

ENTRY = "new"  # stands where the reference of a complaint stands, until there is one
ASIDE = "aside"  # the same for a message that was set aside; the question is its number
FILED = "filed"  # a question without an answer: the card of an entry is still to be shown


def button(words: str, action: str, reference: str = "", choice: str = "") -> InlineKeyboardButton:
    """One button of the desk."""
    return InlineKeyboardButton(words, callback_data=Desk(action, reference, choice).pack())


def card(complaint: Complaint) -> InlineKeyboardMarkup:
    """What can be done with a complaint as it stands."""
    rows = _open_rows(complaint) if complaint.is_open else []
    if complaint.state is State.SET_ASIDE:
        rows.append([known("undo", complaint.reference)])
    else:
        rows += _letter_rows(complaint)
    rows += [*ending_rows(complaint), *_answered_rows(complaint), _reading_row(complaint)]
    rows.append([known("story", complaint.reference)])
    return InlineKeyboardMarkup(rows)


def _open_rows(complaint: Complaint) -> list[Row]:
    reference = complaint.reference
    rows = [
        [known("motive", reference), known("severity", reference)],
        [known("investigate", reference), known("answer", reference)],
        [known("not_complaint", reference)],
    ]
    letter = complaint.letter(LetterKind.ANSWER)
    if letter is not None and not letter.is_sent:
        rows = []
    if not complaint.is_confirmed:
        rows.insert(0, [known("confirm", reference)])
    return rows


def _reading_row(complaint: Complaint) -> Row:
    row = [known("text", complaint.reference)]
    if complaint.pieces:
        row.insert(0, known("pieces", complaint.reference))
    return row


def motives(complaint: Complaint) -> InlineKeyboardMarkup:
    """The thirteen motives, those that the establishment has added, and the way back."""
    reference = complaint.reference
    buttons = [button(named(one), "is_motive", reference, one) for one in known_motives()]
    return _choices(pairs(buttons), complaint)


def severities(complaint: Complaint) -> InlineKeyboardMarkup:
    """The four severities, and the way back."""
    buttons = [button(named(one), "is_severity", complaint.reference, one) for one in Severity]
    return _choices(pairs(buttons), complaint)


def sure_to_set_aside(complaint: Complaint) -> InlineKeyboardMarkup:
    """The one question before a complaint is set aside."""
    return _choices([[known("set_aside", complaint.reference)]], complaint)


def undo(complaint: Complaint) -> InlineKeyboardMarkup:
    """The way back from setting aside."""
    return InlineKeyboardMarkup([[known("undo", complaint.reference)]])


def open_card(reference: str) -> InlineKeyboardMarkup:
    """The way to the card."""
    return InlineKeyboardMarkup([[known("card", reference)]])


def cards(lines: Iterable[Line]) -> InlineKeyboardMarkup | None:
    """A button for each line of a list, which opens its card; None under an empty list."""
    rows = [[button(f"{line.reference} · {line.left}", "card", line.reference)] for line in lines]
    return InlineKeyboardMarkup(rows) if rows else None


def preview(complaint: Complaint, seen: str) -> InlineKeyboardMarkup:
    """Under the letter: `seen` is its mark, so that only what was read can be sent."""
    return InlineKeyboardMarkup([[known("send", complaint.reference, seen)], *_mends(complaint)])


def held(complaint: Complaint, mending: Iterable[Row]) -> InlineKeyboardMarkup:
    """Under a letter that may not leave yet: the ways to what is wrong, and no way to send it."""
    return InlineKeyboardMarkup([*mending, *_mends(complaint)])


def _mends(complaint: Complaint) -> list[Row]:
    reference = complaint.reference
    rows = [[known("rewrite", reference), known("fix", reference)]]
    if complaint.decision.body:
        rows.append([known("as_composed", reference)])
    if before := question_before(complaint, None):
        rows.append([known("ask", reference, before.code), known("later", reference)])
    return rows


def unsent(complaint: Complaint, letter: Letter) -> InlineKeyboardMarkup:
    """What can be done about a letter that does not leave; without an address, by hand alone."""
    rows = [*_ways_out(complaint, letter), [known("address", complaint.reference)]]
    return InlineKeyboardMarkup([*rows, [known("card", complaint.reference)]])


def _ways_out(complaint: Complaint, letter: Letter, which: str = "") -> list[Row]:
    """The ways of one letter; `which` names it where there are several."""
    number = number_of(complaint, letter)
    ways = ("retry", "otherwise") if letter.to else ("handed", "read_out")
    return [
        [
            button(f"{label(f'manager.button_{one}')}{which}", one, complaint.reference, number)
            for one in row
        ]
        for row in (ways, ("letter",))
    ]


def _letter_rows(complaint: Complaint) -> list[Row]:
    """On a card: the ways of every letter that needs a hand."""
    held = [one for one in complaint.letters if _needs_a_hand(one)]
    if not held:
        return []
    rows = [
        row
        for one in held
        for row in _ways_out(complaint, one, _which(one) if len(held) > 1 else "")
    ]
    return [*rows, [known("address", complaint.reference)]]


def _which(letter: Letter) -> str:
    return f" ({label(f'manager.letter_{letter.kind}')})"


def _needs_a_hand(letter: Letter) -> bool:
    return not letter.is_sent and (letter.is_stuck or letter.attempts > 0 or letter.to is None)


def added(complaint: Complaint) -> InlineKeyboardMarkup:
    """Under what a client has added: after an answer, the way to take it up again."""
    return InlineKeyboardMarkup([[known("card", complaint.reference)], *_answered_rows(complaint)])


def sure_to_reopen(complaint: Complaint) -> InlineKeyboardMarkup:
    """The one question before an answered complaint is owed an answer again."""
    return _choices([[known("is_reopened", complaint.reference)]], complaint)


def _answered_rows(complaint: Complaint) -> list[Row]:
    if complaint.state not in REOPENABLE:
        return []
    row = [known("reopen", complaint.reference)]
    letter = complaint.letter(LetterKind.ANSWER)
    if letter is not None:
        words = label("manager.button_read_answer")
        row.append(button(words, "letter", complaint.reference, number_of(complaint, letter)))
    return [row]


def number_of(complaint: Complaint, letter: Letter) -> str:
    """A letter as a button names it: "answer.1" of R-2026-0001."""
    return letter.letter_id.removeprefix(f"{complaint.reference}.")


def set_aside(message: SetAsideMessage) -> InlineKeyboardMarkup:
    """Under a message that was not taken as a complaint."""
    number = str(message.number)
    return InlineKeyboardMarkup([[known("complaint", choice=number)], *_aside_rows(message)])


def doubt(message: SetAsideMessage) -> InlineKeyboardMarkup:
    """Under a message that was set aside in doubt."""
    both = [known(one, choice=str(message.number)) for one in ("complaint", "no_thanks")]
    return InlineKeyboardMarkup([both, *_aside_rows(message)])


def _aside_rows(message: SetAsideMessage) -> list[Row]:
    """To read it whole; to answer it, where the sender has a chat."""
    number, sender = str(message.number), message.sender
    there = {"aside_pieces": message.message.attachments, "aside_text": message.message.text}
    row = [known(one, choice=number) for one, has in there.items() if has]
    if sender and sender.channel is Channel.TELEGRAM:
        row.append(known("reply", choice=number))
    return [row] if row else []


def story_next(reference: str, page: int, pages: int) -> InlineKeyboardMarkup | None:
    """Under a page of a story: the way to the next one; None under the last."""
    if page >= pages:
        return None
    words = unescape(say("manager.button_story_next", page=page + 1, pages=pages))
    return InlineKeyboardMarkup([[button(words, "story", reference, str(page + 1))]])


def older(before: str) -> InlineKeyboardMarkup:
    """What was set aside before that: a message by its number, a complaint by its reference."""
    return InlineKeyboardMarkup([[known("older", choice=before)]])


def entry_channels() -> InlineKeyboardMarkup:
    """The way by which a complaint reached the manager."""
    ways = [button(label(f"manager.entry_{one}"), "entry", ENTRY, one) for one in ENTERED_BY]
    return InlineKeyboardMarkup([ways, [known("cancel", ENTRY)]])


def entry_under_way(mark: str) -> InlineKeyboardMarkup:
    """Where words of an earlier entry wait; `mark` says which entry a button belongs to."""
    return InlineKeyboardMarkup([[known(one, ENTRY, mark) for one in ("resume", "anew")]])


def entry_sure(action: str, mark: str) -> InlineKeyboardMarkup:
    """The one question before the words of an entry are dropped."""
    return InlineKeyboardMarkup([[known(one, ENTRY, mark) for one in (action, "resume")]])


def entry_text(mark: str) -> InlineKeyboardMarkup:
    """While the client's words are being written."""
    return InlineKeyboardMarkup([[known(one, ENTRY, mark) for one in ("finished", "cancel")]])


def entry_question(asked: str, mark: str) -> InlineKeyboardMarkup:
    """Under the client's name and e-mail: both may be unknown."""
    skip = known("skip", ENTRY, f"{asked}.{mark}")
    return InlineKeyboardMarkup([[skip, known("cancel", ENTRY, mark)]])


def known(action: str, reference: str = "", choice: str = "") -> InlineKeyboardButton:
    """A button that says what its action always says."""
    return button(label(f"manager.button_{action}"), action, reference, choice)


def pairs(buttons: list[InlineKeyboardButton]) -> list[Row]:
    """Two in a row."""
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def _choices(rows: list[Row], complaint: Complaint) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([*rows, [known("back", complaint.reference)]])
