"""Telegram's Bot API on loopback: a bot polls it over HTTP, people write from the other side.

Strict where Telegram is strict, so that what passes here has a chance there. It is still one
reading of the public documentation: it proves a bot against that reading, not against Telegram.
"""

import inspect
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from sandbox.bell import Bell
from sandbox.calls import LARGEST_REQUEST, read_call
from sandbox.chats import Chat, Raw
from sandbox.clock import Clock
from sandbox.messenger import Messenger, StoredFile
from sandbox.methods import Methods
from sandbox.person import Person
from sandbox.refusals import Refusal, bad_gateway, not_found, unauthorized

TOKEN = "123456:SANDBOX"


class BotApi:
    """One bot's Bot API server on 127.0.0.1, and the phones of those who write to it.

    What waits for the bot stays here until it is acknowledged, over any restart of the bot
    and over `stop` and `start` of the server itself, which keeps its port.
    """

    def __init__(
        self,
        clock: Clock,
        token: str = TOKEN,
        username: str = "ecole_bot",
        name: str = "École",
        port: int = 0,
    ) -> None:
        self.token = token
        self.port = port
        self.revoked = False
        """While true, the token opens nothing: 401."""
        self.calls: list[tuple[str, Raw]] = []
        """Every call that came in with the right token: its method and its parameters."""
        self.messenger = Messenger(int(token.partition(":")[0]), username, name, clock)
        self._lost_answers = 0
        self._methods = Methods(self.messenger)
        self._routes: list[web.AbstractRouteDef] = []
        self._runner: web.AppRunner | None = None

    # Where it is

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes as `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    async def __aenter__(self) -> "BotApi":
        await self.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.stop()

    def serve(self, routes: Iterable[web.AbstractRouteDef]) -> None:
        """Serve more pages beside the Bot API; before `start`."""
        self._routes.extend(routes)

    async def start(self) -> None:
        """Listen; the first time on a free port unless one was given, then on the same."""
        self.down = False
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.add_routes(self._routes)
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening: connections are refused; a poll that hangs ends at once."""
        self.down = True
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # What goes wrong

    @property
    def down(self) -> bool:
        """While true every call answers 502, and so does a poll that hangs."""
        return self.messenger.updates.down

    @down.setter
    def down(self, is_down: bool) -> None:
        self.messenger.updates.down = is_down
        self.bell.ring()

    def flood(self, person: Person | int, *seconds: int) -> None:
        """Answer 429 to the next calls that write to this person, one for each `retry_after`."""
        chat_id = person if isinstance(person, int) else person.id
        self.messenger.chats[chat_id].floods.extend(seconds)

    def lose_answers(self, times: int = 1) -> None:
        """Carry out the next calls that change something, and hang up before answering."""
        self._lost_answers = times

    # Who is there

    @property
    def bell(self) -> Bell:
        """Rung whenever anything changes in a chat."""
        return self.messenger.bell

    @property
    def pending(self) -> int:
        """How many updates the bot has not acknowledged."""
        return len(self.messenger.updates)

    def person(self, person_id: int, name: str = "", username: str = "") -> Person:
        """The person with this id, who is made known by a first call; the bot is not told."""
        chat = self.messenger.chats.get(person_id)
        if chat is None:
            chat = Chat(_user(person_id, name or f"Personne {person_id}", username))
            self.messenger.chats[person_id] = chat
        return Person(self.messenger, chat)

    def people(self) -> list[Person]:
        return [Person(self.messenger, chat) for chat in self.messenger.chats.values()]

    def commands(self, person: Person) -> list[dict[str, str]]:
        """The menu that this person's phone shows behind the slash."""
        return self._methods.menus.shown_to(person.id, "fr")

    async def is_called(self, method: str, timeout: float = 5.0) -> Raw:
        """The parameters of the newest call of this method, waited for."""

        def newest() -> Raw | None:
            named = (told for name, told in reversed(self.calls) if name == method)
            return next(named, None)

        found: Raw | None = await self.bell.until(newest, timeout)
        if found is None:
            raise TimeoutError(f"the bot did not call {method}")
        return found

    def file(self, file_id: str) -> StoredFile | None:
        """A stored file; None if there is none with this id."""
        return self.messenger.files.get(file_id)

    # What comes in

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            result = await self._carry_out(request)
        except Refusal as refusal:
            return web.json_response(refusal.as_json(), status=refusal.status)
        if self._lost_answers and not request.match_info["method"].lower().startswith("get"):
            self._lost_answers -= 1
            _hang_up(request)
        return web.json_response({"ok": True, "result": result})

    async def _carry_out(self, request: web.Request) -> Any:
        self._check_access(request)
        method = self._methods.table.get(request.match_info["method"].lower())
        if method is None:
            raise not_found()
        call = await read_call(request)
        self.calls.append((call.method, call.parameters))
        self.bell.ring()
        result = method(call)
        return await result if inspect.isawaitable(result) else result

    async def _download(self, request: web.Request) -> web.Response:
        try:
            self._check_access(request)
            return web.Response(body=self._file_at(request.match_info["path"]).content)
        except Refusal as refusal:
            return web.json_response(refusal.as_json(), status=refusal.status)

    def _file_at(self, path: str) -> StoredFile:
        for stored in self.messenger.files.values():
            if stored.path == path:
                return stored
        raise not_found()

    def _check_access(self, request: web.Request) -> None:
        if self.down:
            raise bad_gateway()
        if self.revoked or request.match_info["token"] != self.token:
            raise unauthorized()


def _user(person_id: int, name: str, username: str) -> Raw:
    first, _, last = name.partition(" ")
    names = {"first_name": first, "last_name": last, "username": username}
    known = {key: value for key, value in names.items() if value}
    return {"id": person_id, "is_bot": False, "language_code": "fr", **known}


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
