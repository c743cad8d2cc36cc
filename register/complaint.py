"""A complaint: a frozen value, and the legal steps of its life.

    received → acknowledged → under investigation → answered → actions followed → closed

Set aside (not a complaint), withdrawn and reopened exist. Every step returns a new `Complaint`
or raises `IllegalStep` with the reason; nothing here reads a clock or touches a disk.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import count
from typing import Any, Self

from register.assessment import Concern as Concern
from register.assessment import Finding as Finding
from register.assessment import Grievance as Grievance
from register.assessment import Investigation as Investigation
from register.assessment import Outcome as Outcome
from register.assessment import outcome_of
from register.attachment import Attachment as Attachment
from register.extraction import Extraction
from register.labels import Channel, Motive, Role, Severity
from register.remedy import Action, Check, Compensation, Satisfaction, Verdict, open_promises


class State(StrEnum):
    """Where a complaint stands in its life."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    UNDER_INVESTIGATION = "under_investigation"
    ANSWERED = "answered"
    ACTIONS_FOLLOWED = "actions_followed"
    CLOSED = "closed"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({State.RECEIVED, State.ACKNOWLEDGED, State.UNDER_INVESTIGATION})
"""The states in which an answer is still owed."""

ANSWERED_STATES = frozenset({State.ANSWERED, State.ACTIONS_FOLLOWED, State.CLOSED})
"""The states in which an answer has left, and none is owed."""

REOPENABLE = ANSWERED_STATES | {State.WITHDRAWN}
"""The states out of which a complaint can be taken up again."""

LEGAL_STEPS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset(
        {State.ACKNOWLEDGED, State.UNDER_INVESTIGATION, State.SET_ASIDE, State.WITHDRAWN}
    ),
    State.ACKNOWLEDGED: frozenset(
        {
            State.UNDER_INVESTIGATION,
            State.SET_ASIDE,
            State.WITHDRAWN,
            State.RECEIVED,  # the acknowledgement bounced
        }
    ),
    State.UNDER_INVESTIGATION: frozenset({State.ANSWERED, State.SET_ASIDE, State.WITHDRAWN}),
    State.ANSWERED: frozenset(
        {State.ACTIONS_FOLLOWED, State.CLOSED, State.UNDER_INVESTIGATION}  # the last: reopened
    ),
    State.ACTIONS_FOLLOWED: frozenset({State.CLOSED, State.UNDER_INVESTIGATION}),
    State.CLOSED: frozenset({State.UNDER_INVESTIGATION}),
    State.SET_ASIDE: frozenset({State.RECEIVED}),  # recalled
    State.WITHDRAWN: frozenset({State.UNDER_INVESTIGATION}),
}


class LetterKind(StrEnum):
    """What a letter is for."""

    ACKNOWLEDGEMENT = "acknowledgement"
    HOLDING_REPLY = "holding_reply"  # why the answer takes longer, and the new day
    ANSWER = "answer"
    SATISFACTION = "satisfaction"  # was it kept, was it well: asked after the answer


class Refusal(StrEnum):
    """Why a step is refused; each has its sentence in the templates."""

    OUT_OF_ORDER = "out_of_order"
    NO_INVESTIGATION = "no_investigation"
    NO_DECISION = "no_decision"
    ALREADY_ANSWERED = "already_answered"
    NO_SUCH_LETTER = "no_such_letter"
    PROMISES_OPEN = "promises_open"
    NOT_CHECKED = "not_checked"
    NO_SUCH_PROMISE = "no_such_promise"
    NO_EVIDENCE = "no_evidence"


class IllegalStep(Exception):
    """A step out of order; `refusal` says why, for the sentence that people read."""

    def __init__(self, refusal: Refusal, complaint: "Complaint") -> None:
        super().__init__(f"{complaint.reference} ({complaint.state}): {refusal}")
        self.refusal = refusal
        self.state = complaint.state


@dataclass(frozen=True, slots=True)
class Address:
    """Where to reach someone: an e-mail address, or the number of a Telegram chat."""

    channel: Channel
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """One message of the client as it came in: the proof behind the row."""

    source_id: str
    received_at: datetime
    text: str
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()
    raw: Attachment | None = None
    references: tuple[str, ...] = ()  # Message-IDs of its thread, for the References of our letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter, queued until `sent_at`; its words are kept as they left."""

    letter_id: str  # "R-2026-0001.acknowledgement.1"
    kind: LetterKind
    to: Address | None  # None: no channel known, the manager hands it over
    subject: str
    body: str
    created_at: datetime
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    proof: str = ""  # Message-ID and SMTP reply, or the Telegram message's number
    attempts: int = 0
    retry_at: datetime | None = None
    trouble: str = ""  # why the last attempt failed
    is_stuck: bool = False  # True: it will not be tried again, somebody must act
    attachments: tuple[Attachment, ...] = ()  # what leaves with the words: their PDF

    @property
    def is_sent(self) -> bool:
        """True when the courier has proof that it left."""
        return self.sent_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complainant:
    """Who complains, as far as we know; `address` is where letters go."""

    name: str = ""
    address: Address | None = None
    role: Role | None = None
    contact: str = ""  # a phone number or another address that the client gave
    is_consumer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the manager has said of the answer, beside findings and promises."""

    reasons: str = ""  # general words that go with the outcome, where there are any
    grievances_asked: bool = False  # True once the manager agrees with how it was split
    actions_asked: bool = False  # True once the manager has said that these are all
    compensation_asked: bool = False  # True once the manager has said, "none" included
    body: str = ""  # the letter as the manager has rewritten it; empty: as it is composed


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who did what, when: no personal data, codes only."""

    at: datetime
    who: str  # "system", "client" or "manager:<telegram id>"
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One entry of the register."""

    reference: str
    channel: Channel
    received_at: datetime  # the server's time of arrival, UTC: 48 hours and day 10 run from here
    registered_at: datetime
    answer_due: date  # day 10 in the establishment's zone
    complainant: Complainant
    messages: tuple[ReceivedMessage, ...]
    extraction: Extraction = field(default_factory=Extraction)
    motives: tuple[Motive, ...] = ()  # as they stand: read, then corrected
    severity: Severity | None = None
    is_confirmed: bool = False  # the manager has agreed with motive and severity
    when: str = ""  # the client's own words on when it happened
    expectation: str = ""  # the client's own words on what is expected
    state: State = State.RECEIVED
    investigation: Investigation | None = None
    grievances: tuple[Grievance, ...] = ()
    decision: Decision = field(default_factory=Decision)
    actions: tuple[Action, ...] = ()
    compensations: tuple[Compensation, ...] = ()
    holding_until: date | None = None  # the new day that a holding reply has named
    satisfaction: Satisfaction | None = None
    barred: tuple[int, ...] = ()  # managers who are named in it: it is not shown to them
    letters: tuple[Letter, ...] = ()
    told: tuple[tuple[str, datetime], ...] = ()  # notices that the manager has had, by key
    events: tuple[Event, ...] = ()

    # -- what it is ---------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """True while an answer is owed."""
        return self.state in OPEN_STATES

    @property
    def opening(self) -> tuple[ReceivedMessage, ...]:
        """The messages that it was registered with; what was added later left its line each."""
        added = sum((one.who, one.what) == ("client", "message") for one in self.events)
        return self.messages[: len(self.messages) - added]

    @property
    def text(self) -> str:
        """All that the client wrote, oldest first."""
        return "\n\n".join(message.text for message in self.messages if message.text)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """All pieces that the client sent."""
        return tuple(piece for message in self.messages for piece in message.attachments)

    @property
    def pieces(self) -> tuple[Attachment, ...]:
        """All files of it: what the client sent, then what the investigation has added."""
        return (*self.attachments, *(self.investigation.pieces if self.investigation else ()))

    @property
    def acknowledged_at(self) -> datetime | None:
        """When the acknowledgement left; None while the duty is open."""
        return self._sent_at(LetterKind.ACKNOWLEDGEMENT)

    @property
    def answered_at(self) -> datetime | None:
        """When the answer left."""
        return self._sent_at(LetterKind.ANSWER)

    def was_told(self, key: str) -> bool:
        """Whether the manager has had this notice."""
        return any(known == key for known, _ in self.told)

    def letter(self, kind: LetterKind) -> Letter | None:
        """The newest letter of a kind, sent or not; None where there is none."""
        return next((one for one in reversed(self.letters) if one.kind is kind), None)

    def unsent(self) -> tuple[Letter, ...]:
        """The letters that wait for a courier."""
        return tuple(one for one in self.letters if not one.is_sent and not one.is_stuck)

    def _sent_at(self, kind: LetterKind) -> datetime | None:
        sent = [one.sent_at for one in self.letters if one.kind is kind and one.sent_at]
        return min(sent) if sent else None

    @property
    def outcome(self) -> Outcome | None:
        """What the findings make of the whole; None while a grievance has none."""
        return outcome_of(self.grievances)

    @property
    def is_decided(self) -> bool:
        """True when an answer can be composed from it: each grievance, and what follows."""
        if self.outcome is None or not all(one.is_answered for one in self.grievances):
            return False
        if self.outcome is Outcome.NOT_UPHELD:
            return True
        asked = self.decision.actions_asked and self.decision.compensation_asked
        return asked and bool(self.actions)

    def open_promises(self) -> list[Action | Compensation]:
        """What was promised and is not done, the earliest due first."""
        return open_promises(self.actions, self.compensations)

    # -- facts that join it -------------------------------------------------------------------

    def with_event(self, at: datetime, who: str, what: str) -> Self:
        """The same complaint with one more line in its story."""
        return replace(self, events=(*self.events, Event(at=at, who=who, what=what)))

    def with_message(self, message: ReceivedMessage) -> Self:
        """The same complaint with one more message of the client; a known one changes nothing."""
        if any(known.source_id == message.source_id for known in self.messages):
            return self
        return replace(self, messages=(*self.messages, message)).with_event(
            message.received_at, "client", "message"
        )

    def with_told(self, keys: Iterable[str], at: datetime) -> Self:
        """The same complaint, remembering that the manager has had these notices."""
        new = tuple((key, at) for key in keys if not self.was_told(key))
        return replace(self, told=(*self.told, *new))

    def with_letter(self, letter: Letter) -> Self:
        """The same complaint with a letter queued, or with that letter's new state."""
        others = [one for one in self.letters if one.letter_id != letter.letter_id]
        if len(others) == len(self.letters):
            return replace(self, letters=(*self.letters, letter)).with_event(
                letter.created_at, "system", f"{letter.kind}:queued"
            )
        return replace(
            self,
            letters=tuple(
                letter if one.letter_id == letter.letter_id else one for one in self.letters
            ),
        )

    def with_sent(self, letter_id: str, at: datetime, proof: str) -> Self:
        """The same complaint once a courier has proof; the state follows the letter."""
        letter = next((one for one in self.letters if one.letter_id == letter_id), None)
        if letter is None:
            raise IllegalStep(Refusal.NO_SUCH_LETTER, self)
        if letter.is_sent:
            return self
        sent = replace(letter, sent_at=at, proof=proof, is_stuck=False, trouble="", retry_at=None)
        after = self.with_letter(sent).with_event(at, "system", f"{letter.kind}:sent")
        if letter.kind is LetterKind.ANSWER and self.state is State.UNDER_INVESTIGATION:
            return after._moved(State.ANSWERED)
        if letter.kind is LetterKind.ACKNOWLEDGEMENT and self.state is State.RECEIVED:
            return after._moved(State.ACKNOWLEDGED)
        return after

    def with_bounce(self, letter_id: str, at: datetime) -> Self:
        """The same complaint once a letter has come back: its duty is open again.

        Nobody has it, so it is stuck until somebody acts. Unknown letters change nothing.
        """
        letter = next((one for one in self.letters if one.letter_id == letter_id), None)
        if letter is None:
            return self
        back = replace(letter, sent_at=None, is_stuck=True, trouble="bounced")
        after = self.with_letter(back).with_event(at, "system", f"{letter.kind}:bounced")
        if letter.kind is LetterKind.ACKNOWLEDGEMENT and self.state is State.ACKNOWLEDGED:
            return after._moved(State.RECEIVED)
        if letter.kind is LetterKind.ANSWER and self.state in ANSWERED_STATES:
            return after._moved(State.UNDER_INVESTIGATION)
        return after

    # -- the manager's steps ------------------------------------------------------------------

    def confirmed(self, at: datetime, who: str) -> Self:
        """The manager agrees with what was read."""
        return replace(self, is_confirmed=True).with_event(at, who, "confirmed")

    def corrected(
        self,
        at: datetime,
        who: str,
        *,
        motive: Motive | None = None,
        severity: Severity | None = None,
    ) -> Self:
        """The manager's word over the machine's: a new main motive, or another severity."""
        after = replace(self, is_confirmed=True)
        if motive is not None:
            rest = tuple(one for one in self.motives[1:] if one is not motive)
            after = replace(after, motives=(motive, *rest)).with_event(at, who, f"motive:{motive}")
        if severity is not None:
            after = replace(after, severity=severity).with_event(at, who, f"severity:{severity}")
        return after

    def investigated(self, at: datetime, who: str) -> Self:
        """The investigation is opened; opening it again changes nothing."""
        if self.state is State.UNDER_INVESTIGATION and self.investigation:
            return self
        opened = Investigation(opened_at=at, opened_by=who)
        return (
            replace(self, investigation=self.investigation or opened)
            ._moved(State.UNDER_INVESTIGATION)
            .with_event(at, who, "investigation")
        )

    def decided(self, at: datetime, who: str, decision: Decision) -> Self:
        """The decision as far as the manager has taken it."""
        self._refuse_unless_decidable()
        if decision == self.decision:
            return self
        return replace(self, decision=decision).with_event(at, who, "decision")

    def approved(self, at: datetime, who: str, answer: Letter) -> Self:
        """The manager lets the answer leave; it is queued with that approval, once."""
        self._refuse_unless_decidable()
        if not self.is_decided:
            raise IllegalStep(Refusal.NO_DECISION, self)
        return self.with_event(at, who, "approved").with_letter(answer)

    def held_back(self, at: datetime, who: str, letter: Letter, until: date) -> Self:
        """The client is told why it takes longer, and the new day; day 10 stays what it is."""
        if not self.is_open:
            raise IllegalStep(Refusal.OUT_OF_ORDER, self)
        if self._has_live_answer():
            raise IllegalStep(Refusal.ALREADY_ANSWERED, self)
        after = replace(self, holding_until=until).with_letter(letter)
        return after.with_event(at, who, f"holding:{until.isoformat()}")

    # -- the assessment, question by question ------------------------------------------------------

    def assessed(self, at: datetime, who: str, what: str, **found: Any) -> Self:
        """The investigation with what was found; `what` names the question in its story."""
        if self.investigation is None or self.state is not State.UNDER_INVESTIGATION:
            raise IllegalStep(Refusal.NO_INVESTIGATION, self)
        after = replace(self, investigation=replace(self.investigation, **found))
        return self if after == self else after.with_event(at, who, what)

    def with_grievances(self, at: datetime, who: str, grievances: Iterable[Grievance]) -> Self:
        """The grievances as they now stand, numbered from 1 in their order."""
        self._refuse_unless_decidable()
        numbered = tuple(replace(one, number=n) for n, one in enumerate(grievances, 1))
        if numbered == self.grievances:
            return self
        return replace(self, grievances=numbered).with_event(at, who, "grievances")

    def with_actions(self, at: datetime, who: str, actions: Iterable[Action]) -> Self:
        """The corrective actions as they now stand, numbered from 1 in their order.

        Once an answer has left, each keeps its number, and a new one comes after all of them.
        """
        self._refuse_unless_decidable()
        new = self._new_numbers(self.actions)
        numbered = tuple(
            replace(one, number=n if new is None else one.number or next(new))
            for n, one in enumerate(actions, 1)
        )
        if numbered == self.actions:
            return self
        return replace(self, actions=numbered).with_event(at, who, "actions")

    def with_compensations(self, at: datetime, who: str, given: Iterable[Compensation]) -> Self:
        """The compensations as they now stand, numbered as the actions are."""
        self._refuse_unless_decidable()
        new = self._new_numbers(self.compensations)
        numbered = tuple(
            replace(one, number=n if new is None else one.number or next(new))
            for n, one in enumerate(given, 1)
        )
        if numbered == self.compensations:
            return self
        return replace(self, compensations=numbered).with_event(at, who, "compensations")

    def _new_numbers(self, known: Iterable[Action | Compensation]) -> Iterator[int] | None:
        """The numbers that are free after an answer has left; None before, when all move up."""
        if self.answered_at is None:
            return None
        return count(max((one.number for one in known), default=0) + 1)

    def _refuse_unless_decidable(self) -> None:
        if self.investigation is None or self.state is not State.UNDER_INVESTIGATION:
            raise IllegalStep(Refusal.NO_INVESTIGATION, self)
        if self._has_live_answer():
            raise IllegalStep(Refusal.ALREADY_ANSWERED, self)

    # -- after the answer ------------------------------------------------------------------------

    def with_action_done(
        self,
        number: int,
        at: datetime,
        who: str,
        evidence: str,
        pieces: tuple[Attachment, ...] = (),
    ) -> Self:
        """An action is done, with what proves it; done twice changes nothing."""
        kept = self._kept(self.actions, number, at, evidence, pieces)
        return self if kept is self else kept.with_event(at, who, f"action_done:{number}")

    def with_compensation_done(
        self,
        number: int,
        at: datetime,
        who: str,
        evidence: str,
        pieces: tuple[Attachment, ...] = (),
    ) -> Self:
        """A compensation was given, with what proves it; given twice changes nothing."""
        kept = self._kept(self.compensations, number, at, evidence, pieces)
        return self if kept is self else kept.with_event(at, who, f"compensation_done:{number}")

    def with_promise_due(
        self, promise: Action | Compensation, due: date, at: datetime, who: str
    ) -> Self:
        """An open promise gets another day; the story keeps that it was put off."""
        current = self._promise(promise)
        if current.is_done:
            raise IllegalStep(Refusal.NO_SUCH_PROMISE, self)
        if current.due == due:
            return self
        kind = "action" if isinstance(promise, Action) else "compensation"
        after = self._with_promise(replace(current, due=due))
        return after.with_event(at, who, f"{kind}_due:{promise.number}:{due.isoformat()}")

    def with_more_evidence(
        self,
        promise: Action | Compensation,
        pieces: tuple[Attachment, ...],
        at: datetime,
        who: str,
    ) -> Self:
        """One more piece that proves it; a known piece changes nothing."""
        current = self._promise(promise)
        new = tuple(one for one in pieces if one not in current.pieces)
        if not new:
            return self
        after = self._with_promise(replace(current, pieces=(*current.pieces, *new)))
        return after.with_event(at, who, "evidence")

    def with_further_action(
        self,
        what: str,
        at: datetime,
        who: str,
        *,
        owner: str = "",
        due: date | None = None,
        is_common: bool = False,
    ) -> Self:
        """One more corrective action, where the others were not enough or are for several cases."""
        if self.state not in (State.UNDER_INVESTIGATION, State.ANSWERED, State.ACTIONS_FOLLOWED):
            raise IllegalStep(Refusal.OUT_OF_ORDER, self)
        if any(one.what == what for one in self.actions if not one.is_done):
            return self
        number = max((one.number for one in self.actions), default=0) + 1
        action = Action(number=number, what=what, owner=owner, due=due, is_common=is_common)
        after = replace(self, actions=(*self.actions, action))._followed()
        return after.with_event(at, who, f"action:{number}")

    def with_check(self, number: int, check: Check, who: str) -> Self:
        """The effect of an action was looked at; the same look twice changes nothing."""
        action = next((one for one in self.actions if one.number == number), None)
        if action is None or not action.is_done:
            raise IllegalStep(Refusal.NO_SUCH_PROMISE, self)
        if any(one.days == check.days for one in action.checks):
            return self
        checked = replace(action, checks=(*action.checks, check))
        return self._with_action(checked).with_event(
            check.at, who, f"checked:{number}:{check.days}"
        )

    def with_satisfaction_asked(self, at: datetime) -> Self:
        """The client is asked whether it was kept and well; asked twice changes nothing."""
        if self.satisfaction is not None:
            return self
        asked = replace(self, satisfaction=Satisfaction(asked_at=at))
        return asked.with_event(at, "system", "satisfaction:asked")

    def with_verdict(self, verdict: Verdict, at: datetime, who: str = "client") -> Self:
        """What the client says of the answer, or a manager for them; the last word counts."""
        before = self.satisfaction or Satisfaction(asked_at=at)
        if before.verdict is verdict and not self._answered_since(before.said_at):
            return self
        told = replace(self, satisfaction=replace(before, verdict=verdict, said_at=at))
        return told.with_event(at, who, f"verdict:{verdict}")

    def closed(self, at: datetime, who: str) -> Self:
        """Nothing is owed any more: every promise kept, every effect looked at."""
        if self.open_promises():
            raise IllegalStep(Refusal.PROMISES_OPEN, self)
        if any(one.next_check() is not None for one in self.actions):
            raise IllegalStep(Refusal.NOT_CHECKED, self)
        return self._moved(State.CLOSED).with_event(at, who, "closed")

    def withdrawn(self, at: datetime, who: str) -> Self:
        """The client takes it back: kept, and nothing that has not left leaves any more."""
        after = replace(self, letters=self._sent_or_held())._moved(State.WITHDRAWN)
        return after.with_event(at, who, "withdrawn")

    def with_barred(self, manager: int, at: datetime) -> Self:
        """A manager is named in it: from now on it is not shown to them, and the story says so."""
        if manager in self.barred:
            return self
        return replace(self, barred=(*self.barred, manager)).with_event(at, "system", "conflict")

    def _with_action(self, action: Action) -> Self:
        kept = tuple(action if one.number == action.number else one for one in self.actions)
        return replace(self, actions=kept)

    def _promise(self, promise: Action | Compensation) -> Action | Compensation:
        """The promise as it now stands. Raises IllegalStep where there is none such."""
        known: tuple[Action | Compensation, ...] = (*self.actions, *self.compensations)
        for one in known:
            if type(one) is type(promise) and one.number == promise.number:
                return one
        raise IllegalStep(Refusal.NO_SUCH_PROMISE, self)

    def _kept(
        self,
        known: Iterable[Action | Compensation],
        number: int,
        at: datetime,
        evidence: str,
        pieces: tuple[Attachment, ...],
    ) -> Self:
        promise = next((one for one in known if one.number == number), None)
        if promise is None:
            raise IllegalStep(Refusal.NO_SUCH_PROMISE, self)
        if promise.is_done:
            return self
        if not evidence and not pieces:
            raise IllegalStep(Refusal.NO_EVIDENCE, self)
        done = replace(promise, done_at=at, evidence=evidence, pieces=pieces)
        return self._with_promise(done)._followed()

    def _with_promise(self, promise: Action | Compensation) -> Self:
        if isinstance(promise, Action):
            return self._with_action(promise)
        return self._with_compensation(promise)

    def _with_compensation(self, given: Compensation) -> Self:
        kept = tuple(given if one.number == given.number else one for one in self.compensations)
        return replace(self, compensations=kept)

    def _followed(self) -> Self:
        return self._moved(State.ACTIONS_FOLLOWED) if self.state is State.ANSWERED else self

    def set_aside(self, at: datetime, who: str) -> Self:
        """Not a complaint after all: kept, with its reference, and recallable.

        Letters that have not left are withdrawn with it, but for an acknowledgement that is
        stuck: recalling must not let a letter leave that was held.
        """
        after = replace(self, letters=self._sent_or_held())._moved(State.SET_ASIDE)
        return after.with_event(at, who, "set_aside")

    def reopened(self, at: datetime, who: str) -> Self:
        """An answered complaint is taken up again: new findings are owed, day 10 stays.

        What was promised stays promised, and is told apart from what is promised from now on. One
        that was taken back goes on where it stood.
        """
        if self.state is State.WITHDRAWN:
            return self.investigated(at, who).with_event(at, who, "reopened")
        if self.state not in ANSWERED_STATES:
            raise IllegalStep(Refusal.OUT_OF_ORDER, self)
        bare = tuple(replace(one, finding=None, reason="") for one in self.grievances)
        after = replace(
            self,
            decision=Decision(),
            grievances=bare,
            actions=tuple(replace(one, is_promised=True) for one in self.actions),
            compensations=tuple(replace(one, is_promised=True) for one in self.compensations),
        )
        after = after._moved(State.UNDER_INVESTIGATION)
        return after.with_event(at, who, "reopened")

    def recalled(self, at: datetime, who: str) -> Self:
        """Set aside by mistake: the duties are open again."""
        acknowledged = self.acknowledged_at is not None
        after = self._moved(State.RECEIVED).with_event(at, who, "recalled")
        return after._moved(State.ACKNOWLEDGED) if acknowledged else after

    def _sent_or_held(self) -> tuple[Letter, ...]:
        return tuple(
            one
            for one in self.letters
            if one.is_sent or (one.is_stuck and one.kind is LetterKind.ACKNOWLEDGEMENT)
        )

    def _answered_since(self, at: datetime | None) -> bool:
        sent = [one.sent_at for one in self.letters if one.kind is LetterKind.ANSWER]
        return at is not None and any(one is not None and one > at for one in sent)

    def _has_live_answer(self) -> bool:
        return any(one.kind is LetterKind.ANSWER and not one.is_sent for one in self.letters)

    def _moved(self, state: State) -> Self:
        if state not in LEGAL_STEPS[self.state]:
            raise IllegalStep(Refusal.OUT_OF_ORDER, self)
        return replace(self, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideMessage:
    """A message that came in and was not taken as a complaint: kept with the reason, recallable."""

    number: int
    reason: str
    channel: Channel
    message: ReceivedMessage
    sender: Address | None
    sender_name: str = ""
    extraction: Extraction = field(default_factory=Extraction)
    held: str = ""  # why no acknowledgement may leave by itself if it is recalled
    also: tuple[str, ...] = ()  # source_ids of the other messages that are in `message`
    is_doubtful: bool = False  # True: the manager is asked
    told_at: datetime | None = None
    became: str | None = None  # the reference of the complaint that it was recalled as
    confirmed_at: datetime | None = None  # when a manager said that it is no complaint
