"""`reclamations doctor`: each part checked for real, one line each, with what to do.

IMAP and SMTP log in, Telegram is asked who the bot is, the model is loaded, the disk written to.
Nothing is changed and no message is taken.
"""

import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Config
from app.words import tell

LOW_DISK = 200  # MB
_RELEASED = datetime(2026, 11, 1, tzinfo=UTC)  # a clock before the program's own birth is wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: which part, whether it is well, and what was seen or is to be done."""

    part: str
    is_well: bool
    words: str


Check = Callable[[Config, datetime], Awaitable[Finding]]


async def examine(config: Config, now: datetime) -> list[Finding]:
    """Every part's finding, in the order in which one would look."""
    checks: tuple[Check, ...] = (
        check_disk,
        check_clock,
        check_register,
        check_imap,
        check_smtp,
        check_telegram,
        check_model,
    )
    return [_well("config"), *[await check(config, now) for check in checks]]


async def check_disk(config: Config, now: datetime) -> Finding:
    """The data folder can be written to and has room."""
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=config.data) as probe:
            probe.write(b"0" * 4096)
            probe.flush()
        free = shutil.disk_usage(config.data).free // 1_000_000
    except OSError as error:
        return _ill("disk", "bad", folder=config.data, why=error.strerror)
    if free < LOW_DISK:
        return _ill("disk", "low", free=free, folder=config.data)
    return _well("disk", free=free, folder=config.data)


async def check_clock(config: Config, now: datetime) -> Finding:
    """The machine's clock is neither before the program nor before what the register holds."""
    local = f"{now.astimezone(_zone(config)):%d/%m/%Y %H:%M %Z}"
    newest = max(_times(config), default=_RELEASED)
    is_late = now < newest - timedelta(minutes=5)
    return _ill("clock", "bad", now=local) if is_late else _well("clock", now=local)


async def check_register(config: Config, now: datetime) -> Finding:
    """The register can be read; that the running application holds it is well."""
    from app.settings import register_path
    from register.codec import UnknownSchema
    from register.database import Register
    from register.storage import RegisterLocked, RegisterUnreadable

    try:
        register = Register(register_path(config))
        try:
            count, managers = len(register.complaints()), len(register.managers())
        finally:
            register.close()
        count_blocked = _count_blocked(config)
    except RegisterLocked:
        if count_blocked := _count_blocked(config):
            return _ill("register", "conflict", count=count_blocked)
        return Finding(tell("doctor.register"), True, tell("doctor.register_locked"))
    except (RegisterUnreadable, UnknownSchema, OSError) as error:
        return _ill("register", "bad", why=error)
    if count_blocked:
        return _ill("register", "conflict", count=count_blocked)
    if not managers and not config.telegram.managers:
        return Finding(tell("doctor.register"), True, tell("doctor.register_no_manager"))
    return _well("register", count=count)


def _count_blocked(config: Config) -> int:
    """How many complaints no manager may see, also while the application holds the register."""
    from app.settings import register_path
    from register.conflict import blocked
    from register.database import Register

    register = Register(register_path(config), is_read_only=True)
    try:
        paired = (one.telegram_id for one in register.managers())
        return len(blocked(register.open_complaints(), (*config.telegram.managers, *paired)))
    finally:
        register.close()


async def check_imap(config: Config, now: datetime) -> Finding:
    """The mailbox accepts the login and has the folder."""
    if config.imap is None:
        return Finding(tell("doctor.imap"), True, tell("doctor.imap_off"))
    import asyncio

    from app.settings import mailbox_settings
    from intake.mailbox import Cause, MailboxTrouble, check

    kinds = {Cause.LOGIN: "refused", Cause.FOLDER: "no_folder"}
    try:
        await asyncio.to_thread(check, mailbox_settings(config.imap, config.hours))
    except MailboxTrouble as trouble:
        kind = kinds.get(trouble.cause, "unreachable")
        why = tell(f"mailbox_cause.{trouble.cause}")
        return _ill("imap", kind, why=why, folder=config.imap.folder)
    return _well("imap", folder=config.imap.folder, done_folder=config.imap.done_folder)


async def check_smtp(config: Config, now: datetime) -> Finding:
    """The outgoing server accepts the login."""
    if config.smtp is None:
        return Finding(tell("doctor.smtp"), True, tell("doctor.smtp_off"))
    import asyncio

    from app.settings import smtp_settings
    from letters.dispatch import Trouble, Unreachable
    from letters.smtp import check
    from letters.words import named

    try:
        await asyncio.to_thread(check, smtp_settings(config.smtp))
    except Unreachable as error:
        trouble = Trouble(error.trouble)
        kind = "refused" if trouble is Trouble.SMTP_LOGIN else "unreachable"
        return _ill("smtp", kind, why=named(trouble))
    return _well("smtp")


async def check_telegram(config: Config, now: datetime) -> Finding:
    """Telegram knows the bot by its token."""
    from bot.line import LineUnreachable, TokenRefused, check

    try:
        username = await check(
            config.telegram.token.get_secret_value(), base_url=config.telegram.base_url
        )
    except TokenRefused:
        return _ill("telegram", "refused")
    except LineUnreachable as error:
        return _ill("telegram", "unreachable", why=error)
    return _well("telegram", username=username)


async def check_model(config: Config, now: datetime) -> Finding:
    """The model loads, and the one that was learned from corrections is in use."""
    import asyncio
    import time

    from app.reading import open_reader
    from app.settings import learned_path, own_motives

    start, own = time.monotonic(), config.establishment
    try:
        found = await asyncio.to_thread(
            open_reader, own.sites, own.staff, learned_path(config), own_motives(config)
        )
    except Exception as error:  # noqa: BLE001 - any failure to load is the finding
        return _ill("model", "bad", why=type(error).__name__)
    if found.refused:
        return _ill("model", found.refused)
    seconds = f"{time.monotonic() - start:.1f}".replace(".", ",")
    if found.corrections:
        words = tell("doctor.model_learned", seconds=seconds, count=found.corrections)
        return Finding(tell("doctor.model"), True, words)
    return _well("model", seconds=seconds)


def _times(config: Config) -> Iterator[datetime]:
    from app.settings import register_path

    path: Path = register_path(config)
    if path.exists():
        yield datetime.fromtimestamp(path.stat().st_mtime, UTC)
    yield _RELEASED


def _zone(config: Config) -> ZoneInfo:

    return ZoneInfo(config.hours.zone)


def _well(part: str, **values: object) -> Finding:
    return Finding(tell(f"doctor.{part}"), True, tell(f"doctor.{part}_ok", **values))


def _ill(part: str, kind: str, **values: object) -> Finding:
    return Finding(tell(f"doctor.{part}"), False, tell(f"doctor.{part}_{kind}", **values))
