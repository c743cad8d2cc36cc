"""Files that people send: documents, photographs, voice, film; fetched whole from Telegram."""

import mimetypes
from dataclasses import dataclass

from telegram import Audio, Bot, Document, Message, PhotoSize, Video, VideoNote, Voice
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest

ANY_CONTENT = "application/octet-stream"

_Held = Audio | Document | PhotoSize | Video | VideoNote | Voice


class Unfetchable(Exception):
    """Telegram does not hand this file to a bot: it is too large, or gone."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as a message names it; the bytes are still with Telegram."""

    file_id: str
    name: str
    content_type: str
    size: int  # bytes; 0 where Telegram does not say

    @property
    def is_too_large(self) -> bool:
        """Whether Telegram keeps it from bots (Bot API, getFile)."""
        return self.size > FileSizeLimit.FILESIZE_DOWNLOAD


def sent_file(message: Message) -> SentFile | None:
    """The file of a message; None where it has none. Each photo of an album is a message."""
    if message.photo:  # the sizes of one picture, the largest last
        return _file(message, message.photo[-1], "photo", "image/jpeg")
    if message.video_note:
        return _file(message, message.video_note, "video", "video/mp4")
    if voice := message.voice:
        return _file(message, voice, "voice", voice.mime_type or "audio/ogg")
    named = message.document or message.video or message.audio  # an animation is a document too
    if named is None:
        return None
    return _file(message, named, "file", named.mime_type or ANY_CONTENT, named.file_name)


async def fetch(bot: Bot, file: SentFile) -> bytes:
    """The bytes of a file. Raises Unfetchable; a network that fails raises as it is."""
    if file.is_too_large:
        raise Unfetchable
    try:
        remote = await bot.get_file(file.file_id)
    except BadRequest:
        raise Unfetchable from None
    return bytes(await remote.download_as_bytearray())


def _file(
    message: Message, held: _Held, kind: str, content_type: str, name: str | None = None
) -> SentFile:
    ending = mimetypes.guess_extension(content_type) or ""
    return SentFile(
        file_id=held.file_id,
        name=name or f"{kind}-{message.message_id}{ending}",
        content_type=content_type,
        size=held.file_size or 0,
    )
