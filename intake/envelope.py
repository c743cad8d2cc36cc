"""Who wrote a mail: ourselves, a machine, or a person; and whether an acknowledgement may leave.

Only the envelope is read here, never the words of the letter. Nothing is refused: a verdict says
what a mail is, and reception decides what becomes of it. The first rule that fits wins.
"""

import re
from collections.abc import Collection, Iterator
from email.message import EmailMessage, MIMEPart
from email.parser import HeaderParser

from intake.body import data_of
from intake.headers import (
    LONGEST_HEADER,
    PATIENT,
    addresses,
    header,
    is_among,
    message_id,
    message_ids,
    references,
)
from intake.message import Automatic, Held

_UNMANNED = re.compile(
    r"(no|do|ne)[-_.]?(not[-_.]?)?(pas[-_.]?)?(reply|repl|repondre|répondre|reponse|responder)\b.*"
    r"|(mailer-daemon|postmaster|root|abuse|daemon|bounces?)([-+_].*)?",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"(mailer-daemon|postmaster|mail-daemon)([-+_].*)?", re.IGNORECASE)

# Headers of answering machines older than RFC 3834, and of those that ignore it.
_ANSWERING_MACHINE = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Autoresponse",
    "X-Mail-Autoreply",
    "X-AutoReply-From",
    "X-MS-Exchange-Inbox-Rules-Loop",
)
_LIST = ("List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID")  # RFC 2919, RFC 2369
_SUPPRESSING = {"all", "autoreply", "oof"}  # MS-OXCMAIL 2.2.3.2.14; DR, RN and NRN mean receipts

# The whole subject, or all of it before a colon: "Réponse automatique : Votre dossier".
# A person's "Absence de mon moniteur" is none.
_ANSWERING_SUBJECT = re.compile(
    "("
    + "|".join(
        (
            "r[ée]ponse automatique",
            "autor[ée]ponse",
            "message d['’]absence",
            "(notification|avis) d['’]absence",
            "absence du bureau",
            r"absente?(\(e\))? du bureau",
            "je suis absente?",
            "auto(matic)?[- ]?(reply|response)",
            "out of (the )?office( reply)?",
            "respuesta automática",
        )
    )
    + r")\s*([:\-–].*)?"
    r"|(absente?(\(e\))?|en congés) jusqu['’]au\b.*",
    re.IGNORECASE,
)
_BARE_ABSENCE = re.compile(r"(absence|absente?|congés)\s*(:.*)?", re.IGNORECASE)
_FAILURE_SUBJECT = re.compile(
    "|".join(
        (
            "undeliver",
            "mail delivery",
            "delivery (status|failure)",
            "failure notice",
            "returned mail",
            "(mail )?non remis",
            "échec de (la )?(remise|distribution)",
            "message non (délivré|distribué)",
        )
    ),
    re.IGNORECASE,
)
_ACTION = re.compile(rb"^Action[ \t]*:\s*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_NOT_RETURNED = {b"delayed", b"delivered", b"relayed", b"expanded"}  # RFC 3464 s.2.3.3


def classify(
    message: EmailMessage, own_addresses: Collection[str], receiving: Collection[str] = ()
) -> tuple[Automatic | None, Held | None]:
    """Why a mail is held to be automatic, if it is; why no acknowledgement may leave, if none may.

    Who writes from `own_addresses` is ourselves; what is sent to one of them, or to one of
    `receiving`, is addressed to us.
    """
    automatic = _automatic(message, own_addresses)
    if automatic is not None or _is_no_person_to_answer(message, own_addresses):
        return automatic, Held.AUTOMATIC_SENDER
    if not _is_addressed_to_us(message, (*own_addresses, *receiving)):
        return None, Held.NOT_ADDRESSED
    return None, None


def original_ids(message: EmailMessage) -> tuple[str, ...]:
    """The Message-IDs of our mail that a report or a receipt speaks of."""
    return tuple(dict.fromkeys(_original_ids(message)))


def is_unmanned(address: str) -> bool:
    """Whether nobody reads what is sent there."""
    return bool(_UNMANNED.fullmatch(address.rpartition("@")[0]))


def writer_by_form(message: EmailMessage, own_addresses: Collection[str]) -> tuple[str, str] | None:
    """Who wrote through a web form, which mails in our name or in nobody's; None where it is none.

    Name and address stand in Reply-To, as somebody typed them: nobody has checked them.
    """
    senders = [address for _, address in addresses(message, "From")]
    if not all(is_unmanned(one) or _is_own(one, own_addresses) for one in senders):
        return None
    answerable = (
        pair
        for pair in addresses(message, "Reply-To")
        if not is_unmanned(pair[1]) and not _is_own(pair[1], own_addresses)
    )
    return next(answerable, None) if senders else None


# -- what it is -------------------------------------------------------------------------------


def _automatic(message: EmailMessage, own_addresses: Collection[str]) -> Automatic | None:
    if _is_ours(message, own_addresses):
        return Automatic.OURS
    if _is_notice(message):
        return Automatic.NOTICE
    if _is_bounce(message):
        return Automatic.BOUNCE
    if _report_type(message) == "disposition-notification":  # RFC 8098 s.3
        return Automatic.RECEIPT
    if _is_auto_reply(message):
        return Automatic.AUTO_REPLY
    if _is_bulk(message):
        return Automatic.BULK
    return None


def _is_ours(message: EmailMessage, own_addresses: Collection[str]) -> bool:
    writers = [address for _, address in addresses(message, "From")]
    ours = any(_is_own(one, own_addresses) for one in writers)
    return ours and writer_by_form(message, own_addresses) is None


def _is_notice(message: EmailMessage) -> bool:
    """Whether it reports of a letter, but of no receiver whom that letter failed to reach."""
    if _report_type(message) != "delivery-status":
        return False
    actions = _actions(message)
    return bool(actions) and actions <= _NOT_RETURNED


def _is_bounce(message: EmailMessage) -> bool:
    if _report_type(message) == "delivery-status":  # RFC 3464 s.2
        return True
    if "X-Failed-Recipients" in message:  # exim
        return True
    if any(_DAEMON.fullmatch(one.rpartition("@")[0]) for _, one in addresses(message, "From")):
        return True
    # An empty return path alone is no bounce: some programs send people's letters so.
    return _has_null_return_path(message) and bool(_FAILURE_SUBJECT.match(_subject(message)))


def _is_auto_reply(message: EmailMessage) -> bool:
    submitted = _keyword(message, "Auto-Submitted")  # RFC 3834 s.5
    if submitted not in {"", "no", "auto-generated"}:
        return True
    if submitted == "auto-generated" and references(message):  # Exchange's out of office
        return True
    if any(name in message for name in _ANSWERING_MACHINE):
        return True
    if "auto_reply" in {_keyword(message, "Precedence"), _keyword(message, "X-Precedence")}:
        return True
    return _has_answering_subject(message)


def _is_bulk(message: EmailMessage) -> bool:
    if _keyword(message, "Auto-Submitted") == "auto-generated":  # a form, a shop, a cron job
        return True
    if any(name in message for name in _LIST):
        return True
    return _keyword(message, "Precedence") in {"bulk", "list", "junk"}  # RFC 2076 s.3.9


def _has_answering_subject(message: EmailMessage) -> bool:
    """Whether it answers a mail with the subject of a machine: people start letters with one too.

    A responder's answer names what it answers (RFC 3834 s.3.1.5).
    """
    subject = _subject(message)
    sounds_so = _ANSWERING_SUBJECT.fullmatch(subject) or _BARE_ABSENCE.fullmatch(subject)
    return bool(sounds_so and references(message))


# -- whether to acknowledge -------------------------------------------------------------------


def _is_no_person_to_answer(message: EmailMessage, own_addresses: Collection[str]) -> bool:
    writers = [address for _, address in addresses(message, "From")]
    if not writers or any(is_unmanned(one) for one in writers):
        return True
    if _has_null_return_path(message):  # RFC 3834 s.2: nothing answers to nobody
        return True
    if _ANSWERING_SUBJECT.fullmatch(_subject(message)):  # an answer that names no letter, perhaps
        return True
    return bool(writer_by_form(message, own_addresses)) or _is_suppressed(message)


def _is_suppressed(message: EmailMessage) -> bool:
    asked = header(message, "X-Auto-Response-Suppress").lower()
    return bool(_SUPPRESSING & {word.strip() for word in asked.split(",")})


def _is_addressed_to_us(message: EmailMessage, receiving: Collection[str]) -> bool:
    """RFC 5230 s.4.5: who is not named as a receiver does not answer by itself."""
    named = addresses(message, "To", "Cc", "Resent-To", "Resent-Cc")
    return not receiving or any(_is_own(one, receiving) for _, one in named)


# -- reading ----------------------------------------------------------------------------------


def _is_own(address: str, own_addresses: Collection[str]) -> bool:
    """Whether it is one of ours, or one of ours with a tag behind a plus sign (RFC 5233)."""
    local, _, host = address.rpartition("@")
    return is_among(f"{local.partition('+')[0] or local}@{host}", own_addresses)


def _subject(message: EmailMessage) -> str:
    return header(message, "Subject")[:300]


def _keyword(message: EmailMessage, name: str) -> str:
    """The first word of a header, before any parameter or comment (RFC 3834, section 5)."""
    return re.split(r"[;(\s]", header(message, name).lstrip(), maxsplit=1)[0].lower()


def _report_type(message: EmailMessage) -> str:
    if message.get_content_type() != "multipart/report":  # RFC 6522 s.3
        return ""
    return str(message.get_param("report-type", "")).lower()


def _has_null_return_path(message: EmailMessage) -> bool:
    return "".join(str(message.get("Return-Path", "-")).split()) == "<>"  # RFC 5321 s.4.5.5


def _original_ids(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/disposition-notification":  # RFC 8098 s.3.2.5
            yield from message_ids(_field(part, "Original-Message-ID"))
        elif kind == "message/rfc822" and part.is_multipart():  # RFC 3464 s.2
            yield from filter(None, [message_id(next(part.iter_parts()))])
        elif kind == "text/rfc822-headers":  # RFC 6522 s.4
            enclosed = HeaderParser(policy=PATIENT).parsestr(_text(part))
            yield from filter(None, [message_id(enclosed)])  # type: ignore[arg-type]
        elif kind == "text/plain":  # qmail and others quote the header in their text
            for line in re.findall(r"^message-id:(.{1,600})$", _text(part), re.I | re.M):
                yield from message_ids(line)


def _actions(report: EmailMessage) -> set[bytes]:
    """What became of the letter at each receiver (RFC 3464 s.2.3.3; RFC 6533 s.4)."""
    kinds = {"message/delivery-status", "message/global-delivery-status"}
    told = (part for part in report.iter_parts() if part.get_content_type() in kinds)
    return {action.lower() for part in told for action in _ACTION.findall(data_of(part))}


def _field(report: MIMEPart, name: str) -> str:
    blocks = report.iter_parts() if report.is_multipart() else ()
    return " ".join(header(block, name) for block in blocks)


def _text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    return payload[: 4 * LONGEST_HEADER].decode("latin-1") if isinstance(payload, bytes) else ""
