"""How a Telegram account becomes a manager: by a code that is shown to the operator, once.

`reclamations pair` runs beside the application and may not touch the register, so the code lies
in a file of its own, as a digest. The account then sends "/gerant CODE".
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, filters

from bot.access import Access
from bot.menus import show_manager_menu
from bot.replies import tell
from bot.texts import say
from register.database import Register
from register.people import Manager

log = structlog.get_logger()

LIVES = timedelta(minutes=15)
WRONG_TRIES = 5  # after so many the code is void: eight digits must not be guessed


@dataclass(frozen=True, slots=True)
class _Issued:
    sha256: str
    expires_at: str  # ISO 8601
    tries: int = 0


class PairingCodes:
    """The one code that is out, in a file for its owner alone."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock

    def issue(self) -> str:
        """A new code, such as "1234-5678"; the one before is void."""
        digits = f"{secrets.randbelow(10**8):08d}"
        self._write(_Issued(_digest(digits), (self._clock() + LIVES).isoformat()))
        return f"{digits[:4]}-{digits[4:]}"

    def redeem(self, code: str) -> bool:
        """Whether this is the code that is out; it is void from then on."""
        issued = self._read()
        if issued is None:
            return False
        if self._clock() >= datetime.fromisoformat(issued.expires_at):
            self._void()
            return False
        is_right = hmac.compare_digest(_digest(code), issued.sha256)
        if is_right or issued.tries + 1 >= WRONG_TRIES:
            self._void()
        else:
            self._write(replace(issued, tries=issued.tries + 1))
        return is_right

    def _read(self) -> _Issued | None:
        try:
            return _Issued(**json.loads(self._path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _write(self, issued: _Issued) -> None:
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(issued), file)
        new.replace(self._path)

    def _void(self) -> None:
        self._path.unlink(missing_ok=True)


class Pairing:
    """Handles "/gerant CODE", from whoever sends it in private."""

    def __init__(
        self,
        register: Register,
        access: Access,
        codes: PairingCodes,
        clock: Callable[[], datetime],
    ) -> None:
        self._register = register
        self._access = access
        self._codes = codes
        self._clock = clock

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """The handler for the line, before both desks."""
        sent = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
        return [CommandHandler("gerant", self._pair, sent)]

    async def _pair(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        user = update.effective_user
        if user is None:
            return
        if self._access.is_manager(user.id):
            await tell(context.bot, str(user.id), say("complainant.already_paired"))
        elif self._codes.redeem("".join(context.args or ())):
            self._admit(Manager(telegram_id=user.id, name=user.full_name, paired_at=self._clock()))
            await tell(context.bot, str(user.id), say("complainant.paired"))
            await show_manager_menu(context.bot, user.id)
        else:
            log.warning("pairing.refused")
            await tell(context.bot, str(user.id), say("complainant.not_paired"))

    def _admit(self, manager: Manager) -> None:
        self._register.save_manager(manager)
        log.info("pairing.admitted", manager=manager.telegram_id)


def _digest(code: str) -> str:
    digits = "".join(one for one in code if one.isdigit())
    return hashlib.sha256(digits.encode()).hexdigest()
