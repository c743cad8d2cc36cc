"""Who is a manager: the one place that decides, by numeric Telegram id and never by a name.

Everybody else is a client. Both are heard in private chats only: whatever is said in a group,
nobody here listens.
"""

import re
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, ContextTypes
from telegram.ext.filters import UpdateFilter

from bot.callbacks import Callback
from register.complaint import Complaint
from register.database import Register
from register.deadlines import Timetable, deputy_is_due
from register.people import Manager

Acts = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]


class Access:
    """Tells managers from clients; `configured_ids` are managers without pairing."""

    def __init__(self, register: Register, configured_ids: Collection[int] = ()) -> None:
        self._register = register
        self._configured = tuple(dict.fromkeys(configured_ids))
        self.manager_filter: UpdateFilter = _PrivateChat("manager", self.is_manager)
        self.client_filter: UpdateFilter = _PrivateChat(
            "client", lambda telegram_id: not self.is_manager(telegram_id)
        )

    def is_manager(self, telegram_id: int) -> bool:
        """Whether this Telegram account handles complaints."""
        return telegram_id in self._configured or self._register.manager(telegram_id) is not None

    def managers(self) -> list[int]:
        """The Telegram ids of all who handle complaints, the configured ones first."""
        paired = (manager.telegram_id for manager in self._register.managers())
        return list(dict.fromkeys((*self._configured, *paired)))

    def told_of(self, complaint: Complaint, now: datetime, timetable: Timetable) -> tuple[int, ...]:
        """Who is told of this complaint; deputies only where it is late, or theirs alone."""
        deputies = {one.telegram_id for one in self._register.managers() if one.is_deputy}
        able = [one for one in self.managers() if one not in complaint.barred]
        first = [one for one in able if one not in deputies]
        if not first or deputy_is_due(complaint, now, timetable):
            return tuple(able)
        return tuple(first)

    def admit_configured(self, at: datetime) -> None:
        """Enter the configured managers in the register; those who are there stay as they are."""
        for telegram_id in self._configured:
            if self._register.manager(telegram_id) is None:
                self._register.save_manager(Manager(telegram_id=telegram_id, paired_at=at))


class Taps(BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]):
    """Handles the buttons of one class, tapped by those whom the filter lets through.

    The library's own handler for buttons knows no filter: a stranger's tap would reach it.
    """

    def __init__(self, kind: type[Callback], who: UpdateFilter, acts: Acts) -> None:
        super().__init__(acts)
        self._pattern = re.compile(kind.pattern())
        self._who = who

    def check_update(self, update: object) -> bool:
        """Whether this is such a button, tapped by such a person."""
        if not isinstance(update, Update) or update.callback_query is None:
            return False
        data = update.callback_query.data or ""
        return bool(self._pattern.match(data)) and bool(self._who.filter(update))


class _PrivateChat(UpdateFilter):
    """Lets through what people of one kind say to the bot alone."""

    def __init__(self, name: str, allows: Callable[[int], bool]) -> None:
        super().__init__(name=name)
        self._allows = allows

    def filter(self, update: Update) -> bool | dict[str, list[Any]] | None:
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None or chat.type != ChatType.PRIVATE or user.is_bot:
            return False
        return self._allows(user.id)
