"""How letters leave: each once, none forgotten, and no failure of one holds up another."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from letters.dispatch import BACK_OFF, Courier, Dispatch, Undeliverable, Unreachable, unstick
from register.complaint import (
    Address,
    Complainant,
    Complaint,
    Investigation,
    Letter,
    LetterKind,
    ReceivedMessage,
    State,
)
from register.database import Register
from register.labels import Channel

START = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
EMAIL = Address(Channel.EMAIL, "lea@example.org")
TELEGRAM = Address(Channel.TELEGRAM, "4242")


@dataclass
class FakeClock:
    """The time, as a test has it."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass
class FakeCourier:
    """Takes letters, or raises `trouble`; `meanwhile` happens while a letter is on its way."""

    trouble: Exception | None = None
    meanwhile: Callable[[], None] = lambda: None
    gate: asyncio.Event | None = None
    taken: list[str] = field(default_factory=list)
    tried: int = 0

    async def deliver(self, letter: Letter) -> str:
        """Take the letter."""
        self.tried += 1
        await (self.gate.wait() if self.gate else asyncio.sleep(0))
        self.meanwhile()
        if self.trouble:
            raise self.trouble
        self.taken.append(letter.letter_id)
        return f"proof of {letter.letter_id}"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """A register on a real file."""
    opened = Register(tmp_path / "register.json")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    """The time, which only a test moves."""
    return FakeClock()


@pytest.fixture
def courier() -> FakeCourier:
    """The e-mail courier."""
    return FakeCourier()


@pytest.fixture
def dispatch(register: Register, courier: FakeCourier, clock: FakeClock) -> Dispatch:
    """A dispatch with one courier."""
    return Dispatch(register, {Channel.EMAIL: courier}, clock)


def queued(register: Register, number: int = 1, to: Address | None = EMAIL) -> str:
    """A registered complaint whose acknowledgement waits; its reference."""
    reference = f"R-2026-{number:04d}"
    complaint = Complaint(
        reference=reference,
        channel=to.channel if to else Channel.DESK,
        received_at=START,
        registered_at=START,
        answer_due=date(2026, 12, 2),
        complainant=Complainant(name="Léa Martin", address=to),
        messages=(ReceivedMessage(source_id=f"{number}@example.org", received_at=START, text=""),),
    )
    register.save(complaint.with_letter(letter(reference, LetterKind.ACKNOWLEDGEMENT, to)))
    return reference


def letter(reference: str, kind: LetterKind, to: Address | None = EMAIL) -> Letter:
    """An unsent letter."""
    return Letter(
        letter_id=f"{reference}.{kind}.1",
        kind=kind,
        to=to,
        subject="Sujet",
        body="Corps",
        created_at=START,
    )


def kept(register: Register, reference: str) -> Letter:
    """The complaint's newest letter, as it is on disk."""
    complaint = register.get(reference)
    assert complaint is not None
    return complaint.letters[-1]


@contextmanager
def full_disk(register: Register) -> Iterator[None]:
    """The device below the register takes no more bytes."""
    new = register.path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.symlink_to("/dev/full")
    yield
    new.unlink()


# -- act, then mark -----------------------------------------------------------------------------


async def test_a_letter_leaves_once(
    register: Register, dispatch: Dispatch, courier: FakeCourier, clock: FakeClock
) -> None:
    """A letter that left is marked with its proof, and a second run has nothing to do."""
    reference = queued(register)
    clock.advance(seconds=3)

    assert [await dispatch.dispatch(), await dispatch.dispatch()] == [1, 0]
    assert courier.taken == [f"{reference}.acknowledgement.1"]
    sent = kept(register, reference)
    assert (sent.sent_at, sent.proof) == (clock.now, f"proof of {sent.letter_id}")


async def test_what_left_is_on_disk(tmp_path: Path, courier: FakeCourier, clock: FakeClock) -> None:
    """The mark survives the program."""
    before = Register(tmp_path / "register.json")
    reference = queued(before)
    await Dispatch(before, {Channel.EMAIL: courier}, clock).dispatch()
    before.close()

    after = Register(tmp_path / "register.json")
    complaint = present(after, reference)
    left_again = await Dispatch(after, {Channel.EMAIL: courier}, clock).dispatch()
    after.close()

    assert complaint.state is State.ACKNOWLEDGED
    assert left_again == 0


async def test_the_state_follows_the_answer(register: Register, dispatch: Dispatch) -> None:
    """An answer that left moves its complaint to answered."""
    reference = queued(register)
    await dispatch.dispatch()
    opened = Investigation(opened_at=START, opened_by="manager:7")
    register.update(
        reference,
        lambda one: replace(one, state=State.UNDER_INVESTIGATION, investigation=opened).with_letter(
            letter(reference, LetterKind.ANSWER)
        ),
    )

    assert await dispatch.dispatch() == 1
    complaint = register.get(reference)
    assert complaint is not None
    assert complaint.state is State.ANSWERED


async def test_two_calls_at_once_send_once(
    register: Register, dispatch: Dispatch, courier: FakeCourier
) -> None:
    """Whoever calls while a letter is on its way waits, and finds it gone."""
    queued(register)

    numbers = await asyncio.gather(*(dispatch.dispatch() for _ in range(5)))

    assert sorted(numbers) == [0, 0, 0, 0, 1]
    assert courier.tried == 1


async def test_a_crash_before_the_mark_means_a_second_copy_of_the_same_letter(
    register: Register, dispatch: Dispatch, courier: FakeCourier, clock: FakeClock
) -> None:
    """The program that sent and died is followed by one that sends the same letter_id again."""
    reference = queued(register)
    with full_disk(register), pytest.raises(OSError, match="No space"):
        await dispatch.dispatch()
    assert not kept(register, reference).is_sent

    after_the_crash = Dispatch(register, {Channel.EMAIL: courier}, clock)

    assert await after_the_crash.dispatch() == 1
    assert courier.taken == [f"{reference}.acknowledgement.1"] * 2


async def test_a_full_disk_sends_no_letter_twice(
    register: Register, dispatch: Dispatch, courier: FakeCourier
) -> None:
    """While nothing can be marked nothing more leaves; then what left is marked, not sent again."""
    first, second = queued(register, 1), queued(register, 2)
    with full_disk(register):
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                await dispatch.dispatch()
    assert len(courier.taken) == 1

    assert await dispatch.dispatch() == 2
    assert sorted(courier.taken) == [f"{one}.acknowledgement.1" for one in (first, second)]
    assert kept(register, first).is_sent
    assert kept(register, second).is_sent


# -- the complaint may change while a letter is on its way --------------------------------------


async def test_what_happened_meanwhile_is_kept(
    register: Register, dispatch: Dispatch, courier: FakeCourier
) -> None:
    """The mark is set on the complaint as it is after the sending, not as it was before."""
    reference = queued(register)
    more = ReceivedMessage(source_id="more@example.org", received_at=START, text="Et aussi…")
    courier.meanwhile = lambda: register.save(present(register, reference).with_message(more))

    await dispatch.dispatch()

    complaint = present(register, reference)
    assert len(complaint.messages) == 2
    assert complaint.acknowledged_at is not None


async def test_a_letter_withdrawn_on_its_way_has_left(
    register: Register, dispatch: Dispatch, courier: FakeCourier
) -> None:
    """Set aside while the acknowledgement was leaving: the register says that it left."""
    reference = queued(register)
    courier.meanwhile = lambda: aside(register, reference)

    assert await dispatch.dispatch() == 1
    complaint = present(register, reference)
    assert complaint.state is State.SET_ASIDE
    assert complaint.acknowledged_at is not None


async def test_a_letter_withdrawn_before_its_turn_stays(
    register: Register, dispatch: Dispatch, courier: FakeCourier
) -> None:
    """Set aside while another letter was leaving: it does not leave."""
    first, second = queued(register, 1), queued(register, 2)
    courier.meanwhile = lambda: aside(register, second)

    assert await dispatch.dispatch() == 1
    assert courier.taken == [f"{first}.acknowledgement.1"]


async def test_a_letter_handed_over_before_its_turn_stays(
    register: Register, dispatch: Dispatch, courier: FakeCourier
) -> None:
    """Given by hand while another letter was leaving: it does not leave a second time."""
    first, second = queued(register, 1), queued(register, 2)
    courier.meanwhile = lambda: handed_over(register, second)

    assert await dispatch.dispatch() == 1
    assert courier.taken == [f"{first}.acknowledgement.1"]
    assert kept(register, second).proof == "by hand"


async def test_a_failed_letter_withdrawn_on_its_way_is_not_brought_back(
    register: Register, dispatch: Dispatch, courier: FakeCourier
) -> None:
    """A failure of a letter that nobody wants any more is no news."""
    reference = queued(register)
    courier.trouble = Unreachable("unreachable")
    courier.meanwhile = lambda: aside(register, reference)

    assert await dispatch.dispatch() == 0
    assert present(register, reference).letters == ()


def present(register: Register, reference: str) -> Complaint:
    """The complaint of that reference."""
    complaint = register.get(reference)
    assert complaint is not None
    return complaint


def aside(register: Register, reference: str) -> None:
    """The manager sets it aside."""
    register.update(
        reference,
        lambda one: one if one.state is State.SET_ASIDE else one.set_aside(START, "manager:7"),
    )


def handed_over(register: Register, reference: str) -> None:
    """The manager has given the letter to the client."""
    register.update(
        reference, lambda one: one.with_sent(one.letters[-1].letter_id, START, "by hand")
    )


# -- what fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        pytest.param(Unreachable("smtp_busy"), "smtp_busy", id="told"),
        pytest.param(RuntimeError("lea@example.org"), "fault", id="unexpected"),
        pytest.param(OSError("no route"), "fault", id="network"),
    ],
)
async def test_what_fails_for_now_is_tried_again_later(
    register: Register,
    dispatch: Dispatch,
    courier: FakeCourier,
    clock: FakeClock,
    error: Exception,
    trouble: str,
) -> None:
    """The attempts drift apart to once an hour and never end."""
    reference = queued(register)
    courier.trouble = error
    waits = [1, 5, 15, 60, 60, 60]

    for attempt, minutes in enumerate(waits, start=1):
        assert await dispatch.dispatch() == 0
        failed = kept(register, reference)
        assert (failed.attempts, failed.trouble, failed.is_stuck) == (attempt, trouble, False)
        assert failed.retry_at == clock.now + timedelta(minutes=minutes)
        clock.advance(minutes=minutes, seconds=-1)
        await dispatch.dispatch()
        assert courier.tried == attempt  # not a second too early
        clock.advance(seconds=1)

    courier.trouble = None
    assert await dispatch.dispatch() == 1
    assert (kept(register, reference).trouble, kept(register, reference).retry_at) == ("", None)


@pytest.mark.parametrize(
    ("to", "error", "trouble"),
    [
        pytest.param(EMAIL, Undeliverable("refused"), "refused", id="refused for good"),
        pytest.param(None, None, "no_address", id="nowhere to go"),
        pytest.param(TELEGRAM, None, "no_courier", id="nobody to take it"),
    ],
)
async def test_what_fails_for_good_waits_for_somebody(
    register: Register,
    dispatch: Dispatch,
    courier: FakeCourier,
    clock: FakeClock,
    to: Address | None,
    error: Exception | None,
    trouble: str,
) -> None:
    """A letter that cannot leave is stuck, with the reason, and is not tried again."""
    reference = queued(register, to=to)
    courier.trouble = error

    await dispatch.dispatch()
    clock.advance(days=2)
    await dispatch.dispatch()

    stuck = kept(register, reference)
    assert (stuck.is_stuck, stuck.trouble, stuck.attempts) == (True, trouble, 1)
    assert not stuck.is_sent
    assert [one.reference for one in register.stuck()] == [reference]


async def test_a_stuck_letter_can_be_tried_again(
    register: Register, dispatch: Dispatch, courier: FakeCourier, clock: FakeClock
) -> None:
    """Once the cause is gone, the same letter leaves, and its back-off begins anew."""
    reference = queued(register)
    courier.trouble = Undeliverable("refused")
    await dispatch.dispatch()
    clock.advance(hours=1)

    register.update(reference, lambda one: one.with_letter(unstick(one.letters[-1], clock.now)))
    courier.trouble = Unreachable("unreachable")
    await dispatch.dispatch()
    assert kept(register, reference).retry_at == clock.now + BACK_OFF[0]

    clock.advance(minutes=1)
    courier.trouble = None
    assert await dispatch.dispatch() == 1


@pytest.mark.parametrize(
    "error", [Unreachable("unreachable"), Undeliverable("refused"), ValueError("bad")]
)
async def test_one_that_fails_does_not_stop_the_next(
    register: Register, clock: FakeClock, error: Exception
) -> None:
    """The letter behind a broken one leaves in the same run."""

    class Picky(FakeCourier):
        async def deliver(self, letter: Letter) -> str:
            if letter.letter_id.startswith("R-2026-0001"):
                raise error
            return await super().deliver(letter)

    queued(register, 1)
    second = queued(register, 2)
    picky = Picky()

    assert await Dispatch(register, {Channel.EMAIL: picky}, clock).dispatch() == 1
    assert picky.taken == [f"{second}.acknowledgement.1"]


async def test_a_silent_server_holds_up_no_other_channel(
    register: Register, clock: FakeClock
) -> None:
    """While e-mail hangs, Telegram letters leave, those that come in meanwhile too."""
    slow, quick = FakeCourier(gate=asyncio.Event()), FakeCourier()
    couriers: dict[Channel, Courier] = {Channel.EMAIL: slow, Channel.TELEGRAM: quick}
    dispatch = Dispatch(register, couriers, clock)
    queued(register, 1)
    hanging = asyncio.create_task(dispatch.dispatch())
    await turn_of(lambda: slow.tried == 1)

    second = queued(register, 2, TELEGRAM)
    waiting = asyncio.create_task(dispatch.dispatch())
    await turn_of(lambda: bool(quick.taken))
    assert slow.gate
    slow.gate.set()

    assert quick.taken == [f"{second}.acknowledgement.1"]
    assert [await hanging, await waiting] == [1, 1]
    assert slow.tried == 1


async def turn_of(came: Callable[[], bool]) -> None:
    """Let the other tasks run until it came; fails where it never does."""
    for _ in range(100):
        if came():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came")


# -- what is logged -----------------------------------------------------------------------------


@pytest.mark.parametrize("error", [None, RuntimeError("lea@example.org"), Undeliverable("refused")])
async def test_no_personal_data_is_logged(
    register: Register, dispatch: Dispatch, courier: FakeCourier, error: Exception | None
) -> None:
    """A line tells which letter and what happened to it, never whose it is."""
    reference = queued(register)
    courier.trouble = error

    with capture_logs() as lines:
        await dispatch.dispatch()

    assert [line["reference"] for line in lines] == [reference]
    allowed = {"event", "log_level", "reference", "kind", "trouble", "error"}
    assert set(lines[0]) <= allowed
    assert "example.org" not in str(lines)
