"""The accounts of the mail host, held in memory by pymap, whose clock is ours."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.user import Passwords, UserMetadata

from sandbox.bell import Bell
from sandbox.clock import Clock


class Folder(MailboxData):
    """One IMAP folder; mail that comes without a date of arrival gets the sandbox's."""

    def __init__(self, folders: "Folders") -> None:
        super().__init__(folders._content_cache, folders._thread_cache)
        self._clock = folders.clock
        self._bell = folders.bell

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        dated = replace(append_msg, when=append_msg.when or self._clock())
        message = await super().append(dated, recent=recent)
        self._bell.ring()
        return message

    def messages_now(self) -> list[EmailMessage]:
        """What lies in the folder, oldest first."""
        contents = (message._content for message in self._messages.values())
        return [_parsed(bytes(content)) for content in contents if content is not None]


class Folders(MailboxSet):
    """All the folders of one account."""

    def __init__(self, clock: Clock, bell: Bell) -> None:
        super().__init__()
        self.clock = clock
        self.bell = bell
        self._inbox: MailboxData = Folder(self)

    async def add_mailbox(self, name: str) -> ObjectId:
        if name in self._set:
            raise ValueError(name)
        self._set[name] = folder = Folder(self)
        return folder.mailbox_id

    def names(self) -> list[str]:
        """The folders beside INBOX."""
        return list(self._set)

    def folder(self, name: str) -> Folder:
        found = self._inbox if name.upper() == "INBOX" else self._set[name]
        assert isinstance(found, Folder)
        return found


class Mailboxes:
    """Every account of the host by its address."""

    def __init__(self, config: Config, clock: Clock, bell: Bell) -> None:
        self.login = Login(config)
        self._config = config
        self._clock = clock
        self._bell = bell

    async def open(self, passwords: Mapping[str, str], folders: Collection[str]) -> None:
        """Open the accounts that are not open yet; the others keep their mail."""
        for address in passwords.keys() - self._config.set_cache.keys():
            hashed = await Passwords(self._config).hash_password(passwords[address])
            user = UserMetadata(self._config, address, password=hashed)
            await Identity(address, self.login, None, frozenset()).set(user)
            self._config.set_cache[address] = (Folders(self._clock, self._bell), FilterSet())
            for name in folders:
                await self.of(address).add_mailbox(name)

    def of(self, address: str) -> Folders:
        folders, _ = self._config.set_cache[address.lower()]
        assert isinstance(folders, Folders)
        return folders


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message
