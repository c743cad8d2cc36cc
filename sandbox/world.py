"""The whole world: its time, its Telegram, its mail, and the settings to live there."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import datetime

from sandbox.clock import SandboxClock
from sandbox.mail import HOST, MailHost
from sandbox.page import Page
from sandbox.person import Person
from sandbox.telegram import TOKEN, BotApi


@dataclass(frozen=True)
class Settings:
    """What an application is told to find its mailbox and its bot in this world."""

    imap_host: str
    imap_port: int
    imap_user: str
    imap_password: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    telegram_token: str
    telegram_base_url: str
    telegram_base_file_url: str

    def __str__(self) -> str:
        return "\n".join(f"{name} = {value!r}" for name, value in asdict(self).items())


class World:
    """Opened with `async with`: everything listens on 127.0.0.1, and all of it is forgotten after.

    The first account is the school's, the one that the application reads and writes.
    """

    def __init__(
        self,
        start: datetime,
        accounts: Mapping[str, str],
        *,
        token: str = TOKEN,
        people: Mapping[int, str] | None = None,
        folders: tuple[str, ...] = (),
        web_port: int = 0,
        imap_port: int = 0,
        smtp_port: int = 0,
    ) -> None:
        self.clock = SandboxClock(start)
        self.mail = MailHost(self.clock, accounts, imap_port, smtp_port, folders)
        self.telegram = BotApi(self.clock, token, port=web_port)
        for person_id, name in (people or {}).items():
            self.telegram.person(person_id, name)
        self.telegram.serve(Page(self.clock, self.telegram, self.mail).routes())
        self._open = AsyncExitStack()

    async def __aenter__(self) -> "World":
        async with AsyncExitStack() as opening:
            await opening.enter_async_context(self.mail)
            await opening.enter_async_context(self.telegram)
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._open.aclose()

    @property
    def page_url(self) -> str:
        """Where a person plays the client and the manager."""
        return f"{self.telegram.url}/"

    @property
    def school(self) -> str:
        """The school's address: the first account."""
        return next(iter(self.mail.accounts))

    def person(self, person_id: int, name: str = "") -> Person:
        return self.telegram.person(person_id, name)

    def settings(self, address: str = "") -> Settings:
        """What an application needs to live here with this account, by default the school's."""
        user = (address or self.school).lower()
        password = self.mail.accounts[user]
        return Settings(
            imap_host=HOST,
            imap_port=self.mail.imap_port,
            imap_user=user,
            imap_password=password,
            smtp_host=HOST,
            smtp_port=self.mail.smtp_port,
            smtp_user=user,
            smtp_password=password,
            telegram_token=self.telegram.token,
            telegram_base_url=self.telegram.base_url,
            telegram_base_file_url=self.telegram.base_file_url,
        )
