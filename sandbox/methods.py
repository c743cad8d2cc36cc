"""The methods of the Bot API that the sandbox knows, each as refusing as the real one.

https://core.telegram.org/bots/api names them; what is not here answers 404.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sandbox.calls import Call
from sandbox.chats import Chat, Message, Raw
from sandbox.keyboards import Keyboards, read_inline, read_keyboards
from sandbox.markup import Entity, read_html, utf16_length
from sandbox.menus import Menus
from sandbox.messenger import Messenger, StoredFile
from sandbox.refusals import bad_request, blocked, not_modified, too_many
from sandbox.updates import Update

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LARGEST_DOWNLOAD = 20 * 2**20  # #getfile
LARGEST_PHOTO = 10 * 2**20  # #sendphoto
DELETABLE_FOR = timedelta(hours=48)  # #deletemessage
ACTIONS = re.compile(
    "typing|(record|upload)_(video|voice|video_note)|upload_(photo|document)"
    "|choose_sticker|find_location"
)
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"BM")

Method = Callable[[Call], Any | Awaitable[Any]]


class Methods:
    """What a bot may ask for; `table` is the list of it."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self.menus = Menus()
        self.table: dict[str, Method] = {
            "getme": lambda call: messenger.me,
            "getupdates": self._get_updates,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_message_text,
            "editmessagecaption": self._edit_message_caption,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "deletemessage": self._delete_message,
            "answercallbackquery": self._answer_callback_query,
            "senddocument": self._send_document,
            "sendphoto": self._send_photo,
            "sendchataction": self._send_chat_action,
            "getfile": self._get_file,
            "getchat": self._get_chat,
            "setmycommands": self.menus.set,
            "getmycommands": self.menus.get,
            "deletemycommands": self.menus.delete,
        }

    # Fetching what people did

    async def _get_updates(self, call: Call) -> list[Update]:
        updates = self._messenger.updates
        kinds = call.structure("allowed_updates")
        if kinds is not None:
            updates.allow(kinds)
        limit = min(max(call.integer("limit", 100), 1), 100)
        timeout = max(call.integer("timeout"), 0)
        return await updates.fetch(call.integer("offset"), limit, timeout)

    def _delete_webhook(self, call: Call) -> bool:
        if call.truth("drop_pending_updates"):
            self._messenger.updates.clear()
        return True

    def _get_webhook_info(self, call: Call) -> Raw:
        pending = len(self._messenger.updates)
        return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}

    # Writing

    def _send_message(self, call: Call) -> Raw:
        chat = self._chat(call)
        text, entities = _formatted(call, "text", "entities", LONGEST_TEXT)
        if not text.strip():
            raise bad_request("message text is empty")
        return self._post(chat, call, text=text, entities=entities)

    def _send_document(self, call: Call) -> Raw:
        chat = self._chat(call)
        stored = self._file(call, "document")
        return self._post(chat, call, document=stored.as_document(), **_caption(call))

    def _send_photo(self, call: Call) -> Raw:
        chat = self._chat(call)
        stored = self._file(call, "photo")
        if len(stored.content) > LARGEST_PHOTO:
            raise bad_request("file is too big for a photo")
        if not stored.content.startswith(PICTURES):
            raise bad_request("IMAGE_PROCESS_FAILED")
        return self._post(chat, call, photo=stored.as_photo(), **_caption(call))

    def _send_chat_action(self, call: Call) -> bool:
        self._chat(call)
        if not ACTIONS.fullmatch(call.text("action")):
            raise bad_request("wrong parameter action in request")
        return True

    def _post(self, chat: Chat, call: Call, **fields: Any) -> Raw:
        keyboards: Keyboards = read_keyboards(call)
        answered = _answered(chat, call)
        message = self._messenger.post(
            chat,
            self._messenger.me,
            reply_to_message=answered.as_answered if answered else None,
            reply_markup=keyboards.inline,
            **fields,
        )
        keyboards.place(chat)
        return message.raw

    # Rewriting

    def _edit_message_text(self, call: Call) -> Raw:
        chat, message = self._own_message(call)
        if "text" not in message.raw:
            raise bad_request("there is no text in the message to edit")
        text, entities = _formatted(call, "text", "entities", LONGEST_TEXT)
        if not text.strip():
            raise bad_request("message text is empty")
        return self._rewrite(chat, message, call, text=text, entities=entities)

    def _edit_message_caption(self, call: Call) -> Raw:
        chat, message = self._own_message(call)
        if "text" in message.raw:
            raise bad_request("there is no caption in the message to edit")
        return self._rewrite(chat, message, call, **_caption(call))

    def _edit_message_reply_markup(self, call: Call) -> Raw:
        chat, message = self._own_message(call)
        return self._rewrite(chat, message, call)

    def _rewrite(self, chat: Chat, message: Message, call: Call, **fields: Any) -> Raw:
        asked = {**fields, "reply_markup": read_inline(call)}
        if all((value or None) == message.raw.get(field) for field, value in asked.items()):
            raise not_modified()
        return self._messenger.rewrite(chat, message, **asked).raw

    def _delete_message(self, call: Call) -> bool:
        chat = self._chat(call)
        message = chat.messages.get(call.integer("message_id"))
        if message is None:
            raise bad_request("message to delete not found")
        if self._messenger.timestamp() - message.raw["date"] > DELETABLE_FOR.total_seconds():
            raise bad_request("message can't be deleted for everyone")
        del chat.messages[message.id]
        self._messenger.bell.ring()
        return True

    def _own_message(self, call: Call) -> tuple[Chat, Message]:
        chat = self._chat(call)
        message = chat.messages.get(call.integer("message_id"))
        if message is None:
            raise bad_request("message to edit not found")
        if not message.is_from_bot:
            raise bad_request("message can't be edited")
        return chat, message

    # Answering, looking things up

    def _answer_callback_query(self, call: Call) -> bool:
        text = call.text("text")
        if utf16_length(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self._messenger.answer_press(call.text("callback_query_id"), text)
        return True

    def _get_file(self, call: Call) -> Raw:
        stored = self._messenger.files.get(call.text("file_id"))
        if stored is None:
            raise bad_request("invalid file_id")
        if len(stored.content) > LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        told = ("file_id", "file_unique_id", "file_size")
        known = stored.as_document()
        return {**{name: known[name] for name in told}, "file_path": stored.path}

    def _get_chat(self, call: Call) -> Raw:
        gifts = (
            "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
        )
        return {
            **self._chat(call).as_json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts.split(), False),
        }

    def _chat(self, call: Call) -> Chat:
        """The chat a call is for, if the bot may write there now."""
        if not call.text("chat_id"):
            raise bad_request("chat_id is empty")
        chat = self._messenger.chats.get(call.integer("chat_id"))
        if chat is None or not chat.started:
            raise bad_request("chat not found")
        if chat.floods:
            raise too_many(chat.floods.popleft())
        if chat.blocked:
            raise blocked()
        return chat

    def _file(self, call: Call, kind: str) -> StoredFile:
        """The file that came with the call, or the one that its `file_id` names."""
        upload = call.upload(kind)
        if upload is not None and not upload.content:
            raise bad_request("file must be non-empty")
        if upload is not None:
            return self._messenger.store(upload.content, upload.name, upload.mime)
        known = self._messenger.files.get(call.text(kind))
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known


def _formatted(call: Call, name: str, entities: str, longest: int) -> tuple[str, list[Entity]]:
    """The text as people will see it, and its entities."""
    text, found = call.text(name), call.structure(entities) or []
    mode = call.text("parse_mode").lower()
    if mode == "html":
        text, found = read_html(text)
    elif mode:
        raise bad_request("unsupported parse_mode")
    if utf16_length(text) > longest:
        raise bad_request(f"message {'caption ' if name == 'caption' else ''}is too long")
    return text, found


def _caption(call: Call) -> dict[str, Any]:
    caption, entities = _formatted(call, "caption", "caption_entities", LONGEST_CAPTION)
    return {"caption": caption, "caption_entities": entities}


def _answered(chat: Chat, call: Call) -> Message | None:
    """The message that this one answers; None where it answers none."""
    reply = call.structure("reply_parameters") or {}
    message_id = int(reply.get("message_id") or call.integer("reply_to_message_id"))
    message = chat.messages.get(message_id)
    if message_id and message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message
