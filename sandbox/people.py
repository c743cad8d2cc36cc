"""The phones over HTTP, for those who cannot hold a `Person`: another process, or a page."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from sandbox.calls import read_form
from sandbox.chats import Message
from sandbox.person import Person
from sandbox.telegram import BotApi

IMPOSSIBLE: dict[type[Exception], str] = {
    LookupError: "Ce bouton n’est pas là.",
    RuntimeError: "Cette personne a bloqué le bot.",
    ValueError: "Un message compte de 1 à 4096 caractères.",
}
PERSON = "/sandbox/people/{person}"


def people_routes(api: BotApi) -> Iterable[web.AbstractRouteDef]:
    """Write, tap and send as a person; read the chat as the phone shows it."""
    phones = _Phones(api)
    return [
        web.get("/sandbox/people", phones.people),
        web.get(f"{PERSON}/dialog", phones.dialog),
        web.post(f"{PERSON}/messages", phones.messages),
        web.post(f"{PERSON}/presses", phones.presses),
        web.post(f"{PERSON}/files", phones.files),
        web.post(f"{PERSON}/contact", phones.contact),
        web.get("/sandbox/files/{file}", phones.file),
    ]


class _Phones:
    def __init__(self, api: BotApi) -> None:
        self._api = api

    async def people(self, request: web.Request) -> web.Response:
        people = [{"id": person.id, "name": person.name} for person in self._api.people()]
        return web.json_response(people)

    async def dialog(self, request: web.Request) -> web.Response:
        person = self._person(request)
        return web.json_response(
            {
                "name": person.name,
                "messages": [_shown(message, person) for message in person.dialog()],
                "keyboard": person.keyboard_labels(),
                "commands": self._api.commands(person),
                "toasts": person.toasts,
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        person = self._person(request, str(body.get("name", "")))
        with _told_in_french():
            return _sent(await person.sends(str(body.get("text", ""))))

    async def presses(self, request: web.Request) -> web.Response:
        """Tap by `data`, or by `label`, which a reply keyboard knows too."""
        body = await read_object(request)
        person = self._person(request)
        named = (m for m in person.dialog() if m.id == body.get("message_id"))
        on = next(named, None)
        with _told_in_french():
            if "data" in body:
                await person.presses_data(str(body["data"]), on)
            else:
                await person.presses(str(body.get("label", "")), on, timeout=0)
        return web.json_response({"ok": True})

    async def files(self, request: web.Request) -> web.Response:
        """A multipart form with `file`, and `caption` if any; `photo` sends it as a picture."""
        fields, uploads = await read_form(request)
        person = self._person(request)
        caption = fields.get("caption", "")
        with _told_in_french():
            if photo := uploads.get("photo"):
                return _sent(await person.sends_photo(photo.content, caption))
            if file := uploads.get("file"):
                return _sent(await person.sends_file(file.content, file.name, file.mime, caption))
        raise web.HTTPBadRequest(text="The form has neither `file` nor `photo`.")

    async def contact(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        with _told_in_french():
            return _sent(await self._person(request).shares_contact(str(body.get("phone", ""))))

    async def file(self, request: web.Request) -> web.Response:
        stored = self._api.file(request.match_info["file"])
        if stored is None:
            raise web.HTTPNotFound(text="No such file.")
        return download(stored.content, stored.name)

    def _person(self, request: web.Request, name: str = "") -> Person:
        try:
            return self._api.person(int(request.match_info["person"]), name)
        except ValueError:
            raise web.HTTPNotFound(text="A person is a number.") from None


async def read_object(request: web.Request) -> dict[str, Any]:
    """The JSON object in a request's body, which must say that it is JSON.

    A page from elsewhere cannot send that without asking first, and nobody answers it.
    """
    if request.content_type != "application/json":
        raise web.HTTPBadRequest(text="The body must be application/json.")
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body must be a JSON object.")
    return body


def download(content: bytes, name: str) -> web.Response:
    """A file to be saved, never shown: what a person uploads is not a page of ours."""
    answer = web.Response(body=content, content_type="application/octet-stream")
    safe = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name)
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return answer


@contextmanager
def _told_in_french() -> Iterator[None]:
    """Turns what a phone cannot do into a sentence for the page."""
    try:
        yield
    except tuple(IMPOSSIBLE) as refusal:
        sentences = (said for kind, said in IMPOSSIBLE.items() if isinstance(refusal, kind))
        raise web.HTTPBadRequest(text=next(sentences)) from None


def _sent(message: Message) -> web.Response:
    return web.json_response({"message_id": message.id})


def _shown(message: Message, person: Person) -> dict[str, Any]:
    """A message as the page draws it."""
    file = person.file(message) if message.file_id else None
    rows = message.raw.get("reply_markup", {}).get("inline_keyboard", [])
    return {
        "id": message.id,
        "from_bot": message.is_from_bot,
        "date": message.raw["date"],
        "edited": "edit_date" in message.raw,
        "text": message.text,
        "entities": message.raw.get("entities") or message.raw.get("caption_entities") or [],
        "contact": message.raw.get("contact", {}).get("phone_number"),
        "file": {"id": file.id, "name": file.name, "size": len(file.content)} if file else None,
        "rows": [[_key(button) for button in row] for row in rows],
    }


def _key(button: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": button["text"],
        "data": button.get("callback_data"),
        "url": button.get("url"),
    }
