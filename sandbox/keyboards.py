"""The keyboards a bot sends along: inline ones are checked and kept, reply ones only kept."""

from dataclasses import dataclass
from typing import Any

from sandbox.calls import Call
from sandbox.chats import Chat, Raw
from sandbox.refusals import bad_request

LONGEST_DATA = 64  # bytes, core.telegram.org/bots/api#inlinekeyboardbutton
ACTIONS = frozenset({"callback_data", "url", "web_app", "login_url", "copy_text", "pay"})


@dataclass(frozen=True)
class Keyboards:
    """What `reply_markup` asks for; a message carries back only the inline part."""

    inline: Raw | None = None
    reply: Raw | None = None

    def place(self, chat: Chat) -> None:
        """Put the reply keyboard under the text box, or take it away."""
        if self.reply and "keyboard" in self.reply:
            chat.keyboard = self.reply
        elif self.reply and self.reply.get("remove_keyboard"):
            chat.keyboard = None


def read_keyboards(call: Call) -> Keyboards:
    markup = call.structure("reply_markup")
    if not markup:
        return Keyboards()
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return Keyboards(reply=markup)
    for row in _rows(markup["inline_keyboard"]):
        for button in _rows(row):
            _check(button)
    return Keyboards(inline=markup if any(markup["inline_keyboard"]) else None)


def read_inline(call: Call) -> Raw | None:
    """The keyboard of an edit, which may only be an inline one."""
    keyboards = read_keyboards(call)
    if keyboards.reply:
        raise bad_request("inline keyboard expected")
    return keyboards.inline


def _rows(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    return value


def _check(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not str(button.get("text", "")).strip() or not ACTIONS & button.keys():
        raise bad_request("text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
