"""How a Telegram account becomes a manager: by a code that is shown to the operator, once.

`reclamations pair` runs beside the application and may not touch the register, so the code lies
in a file of its own, as a digest. The account then sends "/gerant CODE", or "/adjoint CODE" to be
a deputy.
"""

import hashlib
import hmac
import json
import operator
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from register.conflict import with_conflicts
from register.database import Register
from register.people import Manager

log = structlog.get_logger()

LIVES = timedelta(minutes=15)
WRONG_TRIES = 5  # after so many the code is void: eight digits must not be guessed


@dataclass(frozen=True, slots=True)
class _Issued:
    digest: bytes
    expires_at: datetime
    tries: int = 0  # wrong ones


class PairingCodes:
    """The one code that is out, in a file for its owner alone. A file that fails is no code."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock
        self._voided = b""  # the digest of a code that nobody may use, whatever the file says

    def issue(self) -> str:
        """A new code, such as "1234-5678"; the one before is void."""
        digits = f"{secrets.randbelow(10**8):08d}"
        self._write(_Issued(_digest(digits), self._clock() + LIVES))
        return f"{digits[:4]}-{digits[4:]}"

    def redeem(self, code: str) -> bool:
        """Whether this is the code that is out; it is void from then on."""
        is_right = self.check(code)
        if is_right:
            self.void()
        return is_right

    def check(self, code: str) -> bool:
        """Whether this is the code that is out; a right one stays good until `void`."""
        issued = self._read()
        if issued is None:
            return False
        if self._clock() >= issued.expires_at:
            self._void(issued)
            return False
        is_right = hmac.compare_digest(_digest(code), issued.digest)
        if not is_right:
            self._count_wrong(issued)
        return is_right

    def void(self) -> None:
        """The code that is out, if any, is good for nobody any more."""
        if issued := self._read():
            self._void(issued)

    def _count_wrong(self, issued: _Issued) -> None:
        if issued.tries + 1 >= WRONG_TRIES:
            return self._void(issued)
        try:
            self._write(replace(issued, tries=issued.tries + 1))
        except OSError as error:  # what cannot be counted could be guessed
            log.warning("pairing.not_counted", error=type(error).__name__)
            self._void(issued)
        return None

    def _read(self) -> _Issued | None:
        try:
            issued = _issued(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
            log.warning("pairing.unreadable", error=type(error).__name__)
            return None
        return None if issued.digest == self._voided else issued

    def _write(self, issued: _Issued) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_row(issued), file)
        new.replace(self._path)

    def _void(self, issued: _Issued) -> None:
        self._voided = issued.digest
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("pairing.not_voided", error=type(error).__name__)


class Pairing:
    """Handles "/gerant CODE" and "/adjoint CODE", from whoever sends it in private."""

    def __init__(
        self,
        register: Register,
        access: Access,
        codes: PairingCodes,
        clock: Callable[[], datetime],
        signatory: str,
    ) -> None:
        self._signatory = signatory
        self._register = register
        self._access = access
        self._codes = codes
        self._clock = clock

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """The handler for the line, before both desks."""
        sent = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
        return [
            CommandHandler("gerant", self._pair, sent),
            CommandHandler("adjoint", self._pair_deputy, sent),
        ]

    async def _pair(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._admit_by_code(update, context, is_deputy=False)

    async def _pair_deputy(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._admit_by_code(update, context, is_deputy=True)

    async def _admit_by_code(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, *, is_deputy: bool
    ) -> None:
        user = update.effective_user
        if user is None:
            return
        if self._access.is_manager(user.id):
            await tell(context.bot, str(user.id), say("complainant.already_paired"))
        elif self._codes.check("".join(context.args or ())):
            self._admit(
                Manager(
                    telegram_id=user.id,
                    name=user.full_name,
                    paired_at=self._clock(),
                    is_deputy=is_deputy,
                )
            )
            self._codes.void()  # after the save: a full disk costs nobody their code
            words = say("complainant.paired_deputy" if is_deputy else "complainant.paired")
            await tell(context.bot, str(user.id), words)
            await show_manager_menu(context.bot, user.id)
        else:
            log.warning("pairing.refused")
            await tell(context.bot, str(user.id), say("complainant.not_paired"))

    def _admit(self, manager: Manager) -> None:
        """A manager from now on, and in that very save barred from what names them."""
        now = self._clock()
        with self._register.one_save():
            self._register.save_manager(manager)
            managers = self._register.managers()
            for one in self._register.complaints():
                after = with_conflicts(one, managers, self._signatory, now)
                if after != one:
                    self._register.save(after)
        log.info("pairing.admitted", manager=manager.telegram_id)


def _issued(text: str) -> _Issued:
    """What a file says. Raises ValueError, TypeError or LookupError where it says nothing."""
    row = json.loads(text)
    expires_at = datetime.fromisoformat(row["expires_at"])
    if expires_at.tzinfo is None:
        raise ValueError("a time without its zone")
    return _Issued(bytes.fromhex(row["sha256"]), expires_at, operator.index(row["tries"]))


def _row(issued: _Issued) -> dict[str, Any]:
    return {
        "sha256": issued.digest.hex(),
        "expires_at": issued.expires_at.isoformat(),
        "tries": issued.tries,
    }


def _digest(code: str) -> bytes:
    digits = "".join(one for one in code if one.isdigit())
    return hashlib.sha256(digits.encode()).digest()
