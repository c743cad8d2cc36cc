"""A mailbox in trouble is told by the other channel, once, and once more when it is over."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.access import Access
from bot.alarms import Alarms
from bot.line import Line, LineState
from intake.mailbox import Cause, Condition, MailboxState
from register.database import Register
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.complaints import NOON

DOWN = MailboxState(Condition.UNREACHABLE, Cause.TIMEOUT, 1)
REFUSED = MailboxState(Condition.REFUSED, Cause.LOGIN, 1)
WELL = MailboxState(Condition.WATCHING)
STUCK = MailboxState(Condition.WATCHING, stuck=(3, 4))


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(NOON)


@pytest.fixture
async def api(clock: SandboxClock) -> AsyncIterator[BotApi]:
    async with BotApi(clock) as opened:
        yield opened


@pytest.fixture
async def phone(api: BotApi) -> Person:
    person = api.person(100, "Camille Renaud")
    await person.sends("/start")
    return person


@pytest.fixture
async def alarm(api: BotApi, clock: SandboxClock, tmp_path: Path) -> AsyncIterator[Alarms]:
    register = Register(tmp_path / "register.json")
    line = Line(api.token, base_url=api.base_url, base_file_url=api.base_file_url)
    async with line.bot:
        yield Alarms(Access(register, [100]), line.bot, clock)
    register.close()


async def test_a_short_outage_disturbs_nobody(
    alarm: Alarms, phone: Person, clock: SandboxClock
) -> None:
    """What heals within a quarter of an hour is not told, nor its end."""
    alarm.note_mailbox(DOWN)
    await alarm.step()
    clock.advance(timedelta(minutes=10))
    await alarm.step()
    alarm.note_mailbox(WELL)
    await alarm.step()

    assert phone.texts() == []


async def test_a_lasting_outage_is_told_once_and_its_end_once(
    alarm: Alarms, phone: Person, clock: SandboxClock
) -> None:
    """One message after a quarter of an hour, one when it is over, whatever is noted between."""
    alarm.note_mailbox(DOWN)
    for _ in range(4):
        clock.advance(timedelta(minutes=10))
        alarm.note_mailbox(DOWN)
        await alarm.step()
    alarm.note_mailbox(WELL)
    await alarm.step()
    await alarm.step()

    assert len(phone.texts()) == 2
    assert "injoignable" in phone.texts()[0]
    assert "de nouveau" in phone.texts()[1]


async def test_a_wrong_password_is_told_at_once(alarm: Alarms, phone: Person) -> None:
    """It does not heal by itself, so nobody waits for it to."""
    alarm.note_mailbox(REFUSED)
    await alarm.step()

    assert "mot de passe" in phone.texts()[0]


async def test_mail_that_cannot_be_taken_is_told(
    alarm: Alarms, phone: Person, clock: SandboxClock
) -> None:
    """Messages that stay in the folder because they cannot be saved are somebody's to look at."""
    alarm.note_mailbox(STUCK)
    clock.advance(timedelta(minutes=16))
    await alarm.step()

    assert "2 e-mails" in phone.texts()[0]


@pytest.mark.parametrize("state", [LineState.STALLED, LineState.CONFLICT])
async def test_a_line_that_cannot_work_is_told_at_once(
    alarm: Alarms, phone: Person, state: LineState
) -> None:
    """A full disk and a second bot on the same token do not heal by themselves."""
    alarm.note_line(state)
    await alarm.step()
    await alarm.step()
    alarm.note_line(LineState.OPEN)
    await alarm.step()

    assert len(phone.texts()) == 2
    assert "de nouveau" in phone.texts()[1]


async def test_an_outage_that_turns_out_a_refusal_is_told_as_such(
    alarm: Alarms, phone: Person
) -> None:
    """A server that comes back and refuses the password is another matter than an outage."""
    alarm.note_mailbox(DOWN)
    await alarm.step()
    alarm.note_mailbox(REFUSED)
    await alarm.step()

    assert len(phone.texts()) == 1
    assert "mot de passe" in phone.texts()[0]
