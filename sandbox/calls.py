"""One call of the Bot API as it came in: form, multipart or JSON, read into one shape."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.refusals import Refusal, bad_request, too_large

LARGEST_REQUEST = 50 * 2**20  # core.telegram.org/bots/api#sending-files


@dataclass(frozen=True)
class Upload:
    content: bytes
    name: str
    mime: str


@dataclass(frozen=True)
class Call:
    """A method's name, its parameters and the files that came with them."""

    method: str
    parameters: dict[str, Any]
    uploads: dict[str, Upload]

    def text(self, name: str) -> str:
        return str(self.parameters.get(name) or "")

    def integer(self, name: str, default: int = 0) -> int:
        """A number; the default where it is missing or is none."""
        try:
            return int(self.parameters.get(name, default))
        except (TypeError, ValueError):
            return default

    def truth(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        """A list or an object, which forms carry as JSON; None where it is missing."""
        value = self.parameters.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """The file sent under this name, in its own part or by `attach://part`."""
        reference = self.text(name)
        part = reference.removeprefix("attach://") if reference.startswith("attach://") else name
        return self.uploads.get(part)


async def read_call(request: web.Request) -> Call:
    """Read a request whole; a body that is not what it says is refused as Telegram does."""
    method = request.match_info["method"]
    try:
        if request.content_type == "application/json":
            return Call(method, {**request.query, **await _json_object(request)}, {})
        parameters, uploads = await read_form(request)
        return Call(method, {**request.query, **parameters}, uploads)
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None


async def read_form(request: web.Request) -> tuple[dict[str, str], dict[str, Upload]]:
    """The fields and the files of a form, urlencoded or multipart."""
    parameters: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = Upload(value.file.read(), value.filename, value.content_type)
            value.file.close()
        else:
            parameters[name] = str(value)
    return parameters, uploads


async def _json_object(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _not_an_object()
    return body


def _not_an_object() -> Refusal:
    return bad_request("can't parse request JSON object")
