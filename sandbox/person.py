"""A person with a phone: writes, taps and sends files to the bot, and sees what it answers."""

from collections.abc import Callable
from typing import Any

from sandbox.chats import Button, Chat, Message, Raw
from sandbox.markup import command_entities, utf16_length
from sandbox.messenger import Messenger, Press, StoredFile

LONGEST_TEXT = 4096

Wanted = str | Callable[[Message], bool]
Mark = Message | Press | int
"""A moment in a chat: `after=sent` means what came later than that."""


class Person:
    """One side of a private chat with the bot; every act answers with its own mark."""

    def __init__(self, messenger: Messenger, chat: Chat) -> None:
        self._messenger = messenger
        self._chat = chat

    def __repr__(self) -> str:
        return f"<{self.name} ({self.id})>"

    @property
    def id(self) -> int:
        return self._chat.id

    @property
    def name(self) -> str:
        user = self._chat.user
        return " ".join(filter(None, (user["first_name"], user.get("last_name"))))

    # What the person does

    async def sends(self, text: str, reply_to: Message | None = None) -> Message:
        if not 0 < utf16_length(text) <= LONGEST_TEXT:
            raise ValueError("A phone sends 1 to 4096 characters in one message.")
        answered = reply_to.as_answered if reply_to else None
        return self._post(text=text, entities=command_entities(text), reply_to_message=answered)

    async def sends_file(
        self,
        content: bytes,
        filename: str,
        mime: str = "application/octet-stream",
        caption: str = "",
    ) -> Message:
        stored = self._messenger.store(content, filename, mime)
        return self._post(document=stored.as_document(), caption=caption)

    async def sends_photo(
        self, content: bytes, caption: str = "", media_group_id: str = ""
    ) -> Message:
        stored = self._messenger.store(content, "photo.jpg", "image/jpeg")
        return self._post(photo=stored.as_photo(), caption=caption, media_group_id=media_group_id)

    async def shares_contact(self, phone: str) -> Message:
        """Share the person's own number, as the button of a reply keyboard does."""
        user = self._chat.user
        names = {"first_name": user["first_name"], "last_name": user.get("last_name", "")}
        return self._post(contact={"phone_number": phone, "user_id": self.id, **names})

    async def sends_other(self, **fields: Any) -> Message:
        """Any other message of the Bot API: `sends_other(sticker={...})`."""
        return self._post(**fields)

    async def edits(self, message: Message, text: str) -> Message:
        """Change a text already sent; the bot gets an `edited_message`."""
        edited = self._messenger.rewrite(
            self._chat, message, text=text, entities=command_entities(text)
        )
        self._messenger.updates.put("edited_message", edited.raw)
        return edited

    async def presses(
        self, label: str, on: Message | None = None, timeout: float = 5.0
    ) -> Press | Message:
        """Tap the button that says this, on the newest message that has it or on the given one.

        A button of the reply keyboard sends its own words. The button may still be on its
        way: it is waited for. With `on`, an old screen is tapped, whatever became of it since.
        """
        if on is not None:
            return self._tap(on, _button(on, label))
        found: Message | Raw | None
        found = await self._messenger.bell.until(lambda: self._find(label), timeout)
        if found is None:
            raise LookupError(f"{self.name} has no button {label!r}.\n{self.screen()}")
        if isinstance(found, Message):
            return self._tap(found, _button(found, label))
        if found.get("request_contact"):
            return await self.shares_contact(self._chat.phone)
        return self._post(text=label)

    async def presses_data(self, data: str, on: Message | None = None) -> Press:
        """Tap the button that carries this data; with `on`, even if it is not there: a forgery."""
        carriers = (m for m in reversed(self._chat.from_bot()) if data in _data(m))
        message = on or next(carriers, None)
        if message is None:
            raise LookupError(f"{self.name} has no button with {data!r}.\n{self.screen()}")
        return self._messenger.press(self._chat, message, data)

    async def blocks(self) -> None:
        """Block the bot: what it sends from now on is refused with 403."""
        self._chat.blocked = True
        self._tell_membership("member", "kicked")

    async def unblocks(self) -> None:
        self._chat.blocked = False
        self._tell_membership("kicked", "member")

    # What the person sees

    async def sees(self, wanted: Wanted, timeout: float = 5.0, after: Mark = 0) -> Message:
        """The newest bot message, new or edited, that has these words or passes this test.

        It is waited for. A state that the bot has already edited away still counts, so a
        quick bot cannot outrun a test; `after=sent` leaves out what was there before.
        """
        serial = after if isinstance(after, int) else after.serial
        found = await self._messenger.bell.until(lambda: self._seen(wanted, serial), timeout)
        if found is None:
            raise TimeoutError(f"{self.name} did not see {wanted!r}.\n{self.screen()}")
        return found

    async def sees_toast(self, words: str, timeout: float = 5.0) -> str:
        """The newest answer to a press with these words, waited for."""
        look = lambda: next((t for t in reversed(self.toasts) if words in t), None)  # noqa: E731
        found = await self._messenger.bell.until(look, timeout)
        if found is None:
            raise TimeoutError(f"{self.name} saw no toast {words!r}, only {self.toasts}")
        return found

    def answer_to(self, press: Press) -> str | None:
        """What the bot answered this press with; None while the button still spins."""
        return self._messenger.presses[press.id].answer

    @property
    def toasts(self) -> list[str]:
        return self._chat.toasts

    @property
    def mark(self) -> int:
        """This moment, for `after=`."""
        return self._chat.history[-1].serial if self._chat.history else 0

    def dialog(self) -> list[Message]:
        """All that the chat shows now, newest last."""
        return list(self._chat.messages.values())

    def from_bot(self) -> list[Message]:
        """The bot's messages as they now stand, newest last."""
        return self._chat.from_bot()

    def texts(self) -> list[str]:
        """The words of the bot's messages, newest last."""
        return [message.text for message in self.from_bot()]

    def screen(self) -> str:
        """The chat as a person would copy it out, one message a line."""
        return "\n".join(map(str, self.dialog()))

    def keyboard_labels(self) -> list[str]:
        """The reply keyboard under the text box."""
        return [str(button["text"]) for button in self._chat.keyboard_buttons()]

    def file(self, message: Message) -> StoredFile:
        """The document or picture of a message, as the phone opens it."""
        if message.file_id is None:
            raise LookupError(f"no file in: {message}")
        return self._messenger.files[message.file_id]

    # How it gets there

    def _post(self, **fields: Any) -> Message:
        if self._chat.blocked:
            raise RuntimeError(f"{self.name} has blocked the bot and cannot write to it.")
        self._chat.started = True
        message = self._messenger.post(self._chat, self._chat.user, **fields)
        self._messenger.updates.put("message", message.raw)
        return message

    def _tap(self, message: Message, button: Button) -> Press:
        if button.data is None:
            raise LookupError(f"{button.label!r} opens a page; the bot is not told.")
        return self._messenger.press(self._chat, message, button.data)

    def _find(self, label: str) -> Message | Raw | None:
        """The newest message with this inline button, else the key of the reply keyboard."""
        for message in reversed(self._chat.from_bot()):
            if label in message.labels:
                return message
        return next((key for key in self._chat.keyboard_buttons() if key["text"] == label), None)

    def _seen(self, wanted: Wanted, serial: int) -> Message | None:
        fits = (lambda m: wanted in m.text) if isinstance(wanted, str) else wanted
        for message in reversed(self._chat.history):
            if message.serial <= serial:
                return None
            if message.is_from_bot and fits(message):
                return message
        return None

    def _tell_membership(self, before: str, after: str) -> None:
        member = {"user": self._messenger.me, "until_date": 0}
        self._messenger.updates.put(
            "my_chat_member",
            {
                "chat": self._chat.as_json(),
                "from": self._chat.user,
                "date": self._messenger.timestamp(),
                "old_chat_member": {**member, "status": before},
                "new_chat_member": {**member, "status": after},
            },
        )


def _button(message: Message, label: str) -> Button:
    for button in message.buttons:
        if button.label == label:
            return button
    raise LookupError(f"no button {label!r} on: {message}")


def _data(message: Message) -> list[str | None]:
    return [button.data for button in message.buttons]
