"""`reclamations learn`: what the manager said of messages teaches the reader.

The corrections are read out of the register: a manager's word stands there beside the reader's
first finding. The new model takes the place of the one in use only where it reads messages that
neither has learned from (`dev`) as well; it lies in the establishment's own folder of data.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.reading import open_reader, origin
from app.words import tell
from register.complaint import Complaint, ReceivedMessage, SetAsideMessage, State
from register.database import Register
from register.extraction import Passage
from register.labels import Channel, Motive, Severity

if TYPE_CHECKING:
    from nlp_models.training.relearn import Figures, Material

WORSE = 0.005
"""What a figure may lose: less than the difference that two or three messages of `dev` make, so
that chance alone refuses no model, and little enough that a fault that shows is never let in."""

STAGES = 4  # of a training, as the bar shows them: counted, twice trained, measured


class AlreadyLearning(Exception):
    """Another process is training a model for this establishment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a manager said that a message is. Without motives: a complaint, and no more was said."""

    source_id: str
    passage: Passage
    is_complaint: bool
    motives: tuple[Motive, ...] = ()
    severity: Severity | None = None


# -- what the register has ----------------------------------------------------------------------


def corrections(register: Register) -> list[Correction]:
    """Every message on whose reading a manager has said something, oldest first.

    One that was confirmed counts like one that was corrected: learned from its faults alone, the
    reader would unlearn what it did well. What a client says of the own message is no correction,
    and neither is a step that follows a reading (to investigate, to answer): who takes it may not
    have looked at motive and severity.
    """
    found = [
        *map(_of_complaint, register.complaints()),
        *map(_of_aside, register.set_aside_messages()),
    ]
    said = [one for one in found if one and any(map(str.isalpha, one.passage.text))]
    return sorted(said, key=lambda one: (one.passage.sent, one.source_id))


def _of_complaint(complaint: Complaint) -> Correction | None:
    """What a manager made of a complaint; None where the reader's word was left to stand."""
    first, passage = complaint.opening[0], _passage(complaint.channel, complaint.opening)
    if complaint.state is State.SET_ASIDE:  # a step of managers alone
        return Correction(source_id=first.source_id, passage=passage, is_complaint=False)
    if complaint.is_confirmed and complaint.severity and _is_known(complaint.motives[:1]):
        return Correction(
            source_id=first.source_id,
            passage=passage,
            is_complaint=True,
            motives=tuple(one for one in complaint.motives if not one.is_own),
            severity=complaint.severity,
        )
    if complaint.is_confirmed or _is_recalled(complaint):
        return Correction(source_id=first.source_id, passage=passage, is_complaint=True)
    return None


def _is_known(main: tuple[Motive, ...]) -> bool:
    """Whether there is a main motive that the heads have an answer for: an own one is not."""
    return bool(main) and not main[0].is_own


def _is_recalled(complaint: Complaint) -> bool:
    return any(
        one.what == "recalled" and one.who.startswith("manager:") for one in complaint.events
    )


def _of_aside(aside: SetAsideMessage) -> Correction | None:
    """What a manager left aside when asked; what became a complaint is told by that complaint."""
    if aside.confirmed_at is None or aside.became:
        return None
    return Correction(
        source_id=aside.message.source_id,
        passage=_passage(aside.channel, (aside.message,)),
        is_complaint=False,
    )


def _passage(channel: Channel, messages: tuple[ReceivedMessage, ...]) -> Passage:
    """What the reader was given, but for who wrote it: the heads do not ask."""
    return Passage(
        text="\n\n".join(one.text for one in messages if one.text),
        channel=channel,
        sent=messages[0].received_at,
        subject=messages[0].subject,
    )


# -- the command --------------------------------------------------------------------------------


def learn(
    register: Path,
    learned: Path,
    say: Console,
    *,
    is_check: bool = False,
    material: "Callable[[], Material] | None" = None,
) -> None:
    """Train a model with the corrections of a register, and use it if it reads no worse.

    Args:
        register: its file; whoever holds it may go on.
        learned: the folder of the establishment's own model, there or not.
        say: where to tell how it went.
        is_check: tell only, and leave the model that is in use where it is.
        material: gives what to train with beside the corrections; the whole corpus if None.
    """
    found = _found(register)
    if not found:
        return _tell(say, "none")
    complaints = sum(one.is_complaint for one in found)
    _tell(say, "found", count=len(found), complaints=complaints, others=len(found) - complaints)
    with _alone(learned), _scratch(learned) as new:
        before, after = _trained(new, learned, found, say, material)
        say.print(_table(before, after))
        worse = ", ".join(_worse(before, after))
        if worse:
            _tell(say, "kept", figures=worse)
        elif is_check:
            _tell(say, "could")
        else:
            _put(new, learned)
            _tell(say, "replaced")


def forget(learned: Path, say: Console) -> None:
    """Put the model that ships back in use; the learned one is kept beside."""
    if not learned.exists():
        return _tell(say, "nothing_to_forget")
    _set_by(learned)
    _tell(say, "forgotten", folder=_beside(learned, "previous"))


def _found(path: Path) -> list[Correction]:
    register = Register(path, is_read_only=True)
    try:
        return corrections(register)
    finally:
        register.close()


def _trained(
    new: Path,
    learned: Path,
    found: Iterable[Correction],
    say: Console,
    material: "Callable[[], Material] | None",
) -> "tuple[Figures, Figures]":
    """Train into the folder `new`: how well the model in use reads, and how well the new one."""
    from nlp_models.reader import TRAINED, load_reader
    from nlp_models.training.relearn import corrected, everything, measure, relearn

    given = (material or everything)()
    examples = [
        corrected(number, one.passage, one.is_complaint, one.motives, one.severity)
        for number, one in enumerate(found, 1)
    ]
    meta = {**origin(TRAINED), "corrections": len(examples)}
    with _progress(say, STAGES) as step:
        relearn(new, examples, given, meta, lambda what: step())
        step()
        before = measure(open_reader(learned=learned).reader, given.dev)
        return before, measure(load_reader(trained=new), given.dev)


def _worse(before: "Figures", after: "Figures") -> Iterator[str]:
    """The figures that are worse by more than chance, by name."""
    for one, old, new in zip(fields(before), astuple(before), astuple(after), strict=True):
        if new < old - WORSE:
            yield tell(f"learn.{one.name}")


def _table(before: "Figures", after: "Figures") -> Table:
    table = Table(title=tell("learn.title"))
    table.add_column()
    table.add_column(tell("learn.in_use"), justify="right")
    table.add_column(tell("learn.new"), justify="right")
    for one, old, new in zip(fields(before), astuple(before), astuple(after), strict=True):
        table.add_row(tell(f"learn.{one.name}"), _share(old), _share(new))
    return table


def _share(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


@contextmanager
def _progress(say: Console, stages: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    shown = Progress(*columns, console=say, transient=True, disable=not say.is_terminal)
    with shown:
        task = shown.add_task(tell("learn.working"), total=stages)
        yield lambda: shown.advance(task)


def _tell(say: Console, key: str, **values: object) -> None:
    say.print(tell(f"learn.{key}", **values), markup=False, highlight=False, soft_wrap=True)


# -- the folder of the model --------------------------------------------------------------------


@contextmanager
def _alone(learned: Path) -> Iterator[None]:
    """One training at a time: two would write into one folder. Raises AlreadyLearning."""
    learned.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _beside(learned, "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyLearning from error
        yield


@contextmanager
def _scratch(learned: Path) -> Iterator[Path]:
    """A new folder beside the model, for this training only; one that was killed left its own."""
    new = _beside(learned, "new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _put(new: Path, learned: Path) -> None:
    """Put a whole model in the place of the one in use.

    Killed between the two renames, it leaves none there, and the one that ships reads.
    """
    for one in [*new.rglob("*"), new]:
        _flush(one)
    _set_by(learned)
    new.rename(learned)
    _flush(learned.parent)  # or the rename itself may not survive a power cut


def _set_by(learned: Path) -> None:
    previous = _beside(learned, "previous")
    if learned.exists():
        shutil.rmtree(previous, ignore_errors=True)
        learned.rename(previous)


def _beside(learned: Path, what: str) -> Path:
    return learned.with_name(f"{learned.name}.{what}")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
