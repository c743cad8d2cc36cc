"""Which complaint does a message belong to?

Asked in this order: our own letters that it answers, the messages of the client that it goes on
from, and last the reference in its subject, which counts only where the sender is the complainant:
anybody can type a reference.
"""

import re

from intake.message import InboundMessage
from letters.compose import letter_id_of
from letters.establishment import Establishment
from register.complaint import Complaint
from register.database import Register

_REFERENCE = re.compile(r"\bR-\d{4}-\d{4,}\b")


def complaint_of(
    message: InboundMessage, register: Register, establishment: Establishment
) -> Complaint | None:
    """The complaint that this message goes on; None where it starts something new."""
    # RFC 5322, 3.6.4: In-Reply-To, then References, newest first
    ours = [letter_id_of(one, establishment) for one in message.in_reply_to]
    found = register.by_letter_ids(letter_id for letter_id in ours if letter_id)
    if found:
        return found
    for source_id in message.in_reply_to:
        if found := register.by_source_id(source_id):
            return found
    return _by_subject(message, register)


def _by_subject(message: InboundMessage, register: Register) -> Complaint | None:
    quoted = _REFERENCE.search(message.subject)
    if quoted is None or message.sender is None:
        return None
    found = register.get(quoted.group())
    if found is None or found.complainant.address != message.sender:
        return None
    return found
