"""The page where one plays everybody: the phones, the mailboxes, and the clock."""

from collections.abc import Iterable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from importlib.resources import files
from typing import Any

from aiohttp import web

from sandbox.calls import Upload, read_form
from sandbox.clock import SandboxClock
from sandbox.mail import MailHost, words
from sandbox.people import download, people_routes, read_object
from sandbox.post_office import HOSTNAME
from sandbox.telegram import BotApi

MAILBOX = "/sandbox/mailboxes/{address}"
LONGEST_STEP = timedelta(days=366)
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline';"
    " style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Page:
    """Serves the page, and what it asks for beside the phones."""

    def __init__(self, clock: SandboxClock, telegram: BotApi, mail: MailHost) -> None:
        self._clock = clock
        self._telegram = telegram
        self._mail = mail

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [
            web.get("/", self._page),
            web.get("/sandbox/world", self._world),
            web.post("/sandbox/clock", self._advance),
            web.get(MAILBOX, self._mailbox),
            web.post(f"{MAILBOX}/outgoing", self._outgoing),
            web.get(f"{MAILBOX}/{{folder}}/{{mail}}/{{piece}}", self._piece),
            *people_routes(self._telegram),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        html = (files("sandbox") / "page.html").read_text(encoding="utf-8")
        return web.Response(text=html, content_type="text/html", headers=POLICY)

    async def _world(self, request: web.Request) -> web.Response:
        people = [{"id": person.id, "name": person.name} for person in self._telegram.people()]
        return web.json_response(
            {
                "now": self._clock().isoformat(),
                "people": people,
                "addresses": list(self._mail.accounts),
            }
        )

    async def _advance(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        try:
            step = timedelta(seconds=float(body["seconds"]))
            if step > LONGEST_STEP:
                raise ValueError("more than a year")
            return web.json_response({"now": self._clock.advance(step).isoformat()})
        except (KeyError, TypeError, ValueError, OverflowError) as refusal:
            raise web.HTTPBadRequest(text=f"L’horloge ne peut pas : {refusal}") from None

    async def _mailbox(self, request: web.Request) -> web.Response:
        """Every folder of one account with its mails, oldest first."""
        address = self._address(request)
        folders = {
            folder: [_shown(mail) for mail in await self._mail.inbox(address, folder)]
            for folder in self._mail.folders(address)
        }
        return web.json_response(folders)

    async def _outgoing(self, request: web.Request) -> web.Response:
        """Write a mail from this account to another one of the host."""
        fields, uploads = await read_form(request)
        to = fields.get("to", "").strip().lower()
        if to not in self._mail.accounts:
            raise web.HTTPBadRequest(text=f"Adresse inconnue ici : {to}")
        try:
            mail = self._written(self._address(request), to, fields, list(uploads.values()))
        except ValueError as refusal:  # a line break in a header
            raise web.HTTPBadRequest(text=f"Courriel refusé : {refusal}") from None
        await self._mail.deliver(to, mail.as_bytes().replace(b"\n", b"\r\n"))
        return web.json_response({"message_id": mail["Message-ID"]})

    def _written(
        self, sender: str, to: str, fields: dict[str, str], uploads: list[Upload]
    ) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, fields.get("subject", "")
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = make_msgid(domain=HOSTNAME)
        if answered := fields.get("in_reply_to"):
            mail["In-Reply-To"] = mail["References"] = answered
        mail.set_content(fields.get("text", ""))
        for upload in uploads:
            mail.add_attachment(upload.content, *_media_type(upload), filename=upload.name)
        return mail

    async def _piece(self, request: web.Request) -> web.Response:
        """One attachment of one mail."""
        told = request.match_info
        try:
            mails = await self._mail.inbox(self._address(request), told["folder"])
            pieces = list(mails[int(told["mail"])].iter_attachments())
            piece = pieces[int(told["piece"])]
        except (KeyError, IndexError, ValueError):
            raise web.HTTPNotFound(text="No such attachment.") from None
        return download(_content(piece), _name(piece))

    def _address(self, request: web.Request) -> str:
        address = request.match_info["address"].lower()
        if address not in self._mail.accounts:
            raise web.HTTPNotFound(text="No such account.")
        return address


def _shown(mail: EmailMessage) -> dict[str, Any]:
    headers = {"from": "From", "to": "To", "subject": "Subject", "date": "Date"}
    return {
        **{name: str(mail[header] or "") for name, header in headers.items()},
        "message_id": str(mail["Message-ID"] or ""),
        "text": words(mail).partition("\n")[2],
        "pieces": [_name(piece) for piece in mail.iter_attachments()],
    }


def _media_type(upload: Upload) -> tuple[str, str]:
    """What a mail program would call the file; a whole mail is attached as plain bytes."""
    kind, _, subtype = upload.mime.partition(";")[0].strip().partition("/")
    is_a_leaf = subtype and kind not in ("message", "multipart")
    return (kind, subtype) if is_a_leaf else ("application", "octet-stream")


def _content(piece: EmailMessage) -> bytes:
    content = piece.get_payload(decode=True)
    return content if isinstance(content, bytes) else piece.as_bytes()


def _name(piece: EmailMessage) -> str:
    return piece.get_filename() or "piece"
