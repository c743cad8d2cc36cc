"""What leaves with the words of a letter: each piece whole, or the letter stays."""

import asyncio
import hashlib
from collections.abc import Callable

import structlog

from letters.dispatch import Trouble, Undeliverable
from register.complaint import Attachment, Letter

OpenPiece = Callable[[Attachment], bytes]
Enclosure = tuple[Attachment, bytes]

_log = structlog.get_logger(__name__)


async def enclosures(letter: Letter, open_piece: OpenPiece) -> list[Enclosure]:
    """The pieces of a letter, as the register knows them to the byte.

    Raises Undeliverable where one is gone or is not what was approved: half a letter never leaves.
    """
    try:
        found = [(one, await asyncio.to_thread(open_piece, one)) for one in letter.attachments]
    except OSError:
        found = []
    whole = [one for one, data in found if hashlib.sha256(data).hexdigest() == one.sha256]
    if len(whole) < len(letter.attachments):
        _log.error("enclosure.missing", letter=letter.letter_id)
        raise Undeliverable(Trouble.PIECE_MISSING)
    return found
