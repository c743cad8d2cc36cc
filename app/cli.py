"""The command line: `reclamations run`, `demo`, `doctor`, `pair`, `extract`, `learn`.

Each command imports what it needs when it runs, so that those without a model start at once.
"""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
from rich.console import Console

from app.config import ConfigRefused, load_config
from app.words import tell

if TYPE_CHECKING:
    from app.wiring import Application

app = typer.Typer(
    help=tell("help.all"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback of local variables could show personal data
)

ConfigPath = Annotated[Path, typer.Option("--config", help=tell("help.config"))]
CONFIG = Path("config.toml")
REFUSED = 2  # exit status for a configuration that cannot be used


def main() -> None:
    """The console script: a mistake in the configuration is one sentence and status 2."""
    try:
        app()
    except ConfigRefused as refused:
        Console(stderr=True).print(str(refused), markup=False, highlight=False, soft_wrap=True)
        sys.exit(REFUSED)


@app.command(help=tell("help.run"))
def run(config: ConfigPath = CONFIG) -> None:
    """Run the service."""
    settings = load_config(config)  # first: a mistake is told before anything is loaded
    from app.wiring import Application
    from bot.line import TokenRefused
    from register.codec import UnknownSchema
    from register.storage import RegisterLocked, RegisterUnreadable

    _log_to_stderr()
    try:
        asyncio.run(_run(lambda: Application(settings)))
    except RegisterLocked as error:
        _fail(tell("run.locked", path=error))
    except (RegisterUnreadable, UnknownSchema) as error:
        _fail(tell("run.unreadable", why=error))
    except TokenRefused:
        _fail(tell("run.token_refused"))


async def _run(build: "Callable[[], Application]") -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    application = build()
    _say(tell("run.started"))
    await application.run(stop)
    _say(tell("run.stopped"))


@app.command(help=tell("help.demo"))
def demo(
    keep: Annotated[bool, typer.Option("--keep", help=tell("help.keep"))] = False,
) -> None:
    """Play the whole story in the terminal."""
    from app.demo import play

    _log_to_stderr(level=logging.CRITICAL)
    raise typer.Exit(asyncio.run(play(Console(), keep=keep)))


@app.command(help=tell("help.doctor"))
def doctor(config: ConfigPath = CONFIG) -> None:
    """Check every part for real, and say what to do."""
    settings = load_config(config)
    from app.doctor import examine
    from app.wiring import system_clock

    _log_to_stderr(level=logging.CRITICAL)
    findings = asyncio.run(examine(settings, system_clock()))
    for one in findings:
        mark = tell("doctor.ok") if one.is_well else tell("doctor.bad")
        _say(f"{mark} {one.part} : {one.words}")
    ill = sum(not one.is_well for one in findings)
    _say(tell("doctor.some_bad", count=ill) if ill else tell("doctor.all_well"))
    raise typer.Exit(1 if ill else 0)


@app.command(help=tell("help.pair"))
def pair(config: ConfigPath = CONFIG) -> None:
    """Give the code that makes a Telegram account a manager."""
    settings = load_config(config)
    from app.settings import pairing_codes
    from app.wiring import system_clock
    from bot.pairing import LIVES

    code = pairing_codes(settings, system_clock).issue()
    _say(tell("pair.code", minutes=int(LIVES.total_seconds() // 60)))
    _say(tell("pair.command", code=code))


@app.command(help=tell("help.extract"))
def extract(
    files: Annotated[list[Path] | None, typer.Argument(help=tell("help.files"))] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help=tell("help.jsonl"))] = False,
    config: Annotated[Path | None, typer.Option("--config")] = None,
) -> None:
    """Write what the reader finds, one JSON object a line."""
    from zoneinfo import ZoneInfo

    from app.extract import extract_files, extract_lines
    from app.reading import open_reader
    from app.settings import learned_path, own_motives

    _log_to_stderr(level=logging.WARNING)
    settings = load_config(config) if config else None
    zone = ZoneInfo(settings.hours.zone if settings else "Europe/Paris")
    sites = settings.establishment.sites if settings else ()
    staff = settings.establishment.staff if settings else ()
    learned = learned_path(settings) if settings else None
    own = own_motives(settings) if settings else None
    reader = open_reader(sites, staff, learned, own).reader
    if jsonl:
        reader.make_ready()
    results = (
        extract_lines(_input_lines(), reader.read, zone, read_together=reader.read_many)
        if jsonl
        else extract_files(files or (), reader.read, zone)
    )
    for one in results:
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
        sys.stdout.flush()


@app.command(help=tell("help.learn"))
def learn(
    config: ConfigPath = CONFIG,
    check: Annotated[bool, typer.Option("--check", help=tell("help.check"))] = False,
    forget: Annotated[bool, typer.Option("--forget", help=tell("help.forget"))] = False,
) -> None:
    """Teach the reader what the manager has corrected."""
    settings = load_config(config)
    from app import learning
    from app.settings import learned_path, register_path
    from register.codec import UnknownSchema
    from register.storage import RegisterUnreadable

    _log_to_stderr(level=logging.WARNING)
    learned = learned_path(settings)
    try:
        if forget:
            learning.forget(learned, Console())
        else:
            learning.learn(register_path(settings), learned, Console(), is_check=check)
    except learning.AlreadyLearning:
        _fail(tell("learn.busy"))
    except (RegisterUnreadable, UnknownSchema) as error:
        _fail(tell("learn.unreadable", why=error))
    except OSError as error:
        _fail(tell("learn.failed", why=error.strerror))


def _input_lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace")


def _say(words: str) -> None:
    Console().print(words, markup=False, highlight=False, soft_wrap=True)


def _fail(words: str) -> None:
    Console(stderr=True).print(words, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def _log_to_stderr(level: int = logging.INFO) -> None:
    """Our own events as lines with references only; libraries only when they worry."""
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)
    logging.getLogger("httpx").setLevel(max(level, logging.WARNING))  # its INFO shows the token
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
