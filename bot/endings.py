"""The buttons of a card that give time, or end a complaint."""

from telegram import InlineKeyboardButton

from bot.callbacks import Desk
from bot.texts import label
from register.complaint import Complaint, LetterKind
from register.promises import FOLLOWED


def ending_rows(complaint: Complaint) -> list[list[InlineKeyboardButton]]:
    """Under a card: to close what was answered; to hold what is open, or that it is taken back."""
    if complaint.state in FOLLOWED:
        return [[_button("close", complaint.reference)]]
    answer = complaint.letter(LetterKind.ANSWER)
    if complaint.is_open and (answer is None or answer.is_sent):
        return [[_button(one, complaint.reference) for one in ("hold", "withdraw")]]
    return []


def _button(action: str, reference: str) -> InlineKeyboardButton:
    words = label(f"following.button_{action}")
    return InlineKeyboardButton(words, callback_data=Desk(action, reference).pack())
