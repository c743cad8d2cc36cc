"""What is found, promised, kept and looked at: the steps around the decision."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from register.attachment import Attachment
from register.codec import from_document, to_document
from register.complaint import (
    Complaint,
    Concern,
    Finding,
    Grievance,
    IllegalStep,
    Letter,
    LetterKind,
    Outcome,
    Refusal,
    State,
    outcome_of,
)
from register.deadlines import Timetable
from register.promises import ledger
from register.remedy import Action, Check, Compensation, CompensationKind, Verdict
from tests.complaints import LEA, NOON, complaint

WHO = "manager:100"
PHOTO = Attachment(name="avoir.pdf", sha256="a" * 64, size=10, content_type="application/pdf")
U, P, N, X = Finding
ACTION = Action(number=1, what="Un rappel la veille", owner="Nadia", due=date(2026, 3, 20))
REFUND = Compensation(
    number=1, kind=CompensationKind.REFUND, amount=Decimal("55.00"), due=date(2026, 3, 16)
)


def open_case() -> Complaint:
    return complaint().investigated(NOON, WHO)


def answered() -> Complaint:
    one = open_case().with_actions(NOON, WHO, [ACTION]).with_compensations(NOON, WHO, [REFUND])
    return replace(one, state=State.ANSWERED)


@pytest.mark.parametrize(
    ("findings", "outcome"),
    [
        pytest.param([], None, id="no_grievance"),
        pytest.param([U, None], None, id="one_is_open"),
        pytest.param([U, U], Outcome.UPHELD, id="all"),
        pytest.param([U, N], Outcome.PARTLY_UPHELD, id="some"),
        pytest.param([P], Outcome.PARTLY_UPHELD, id="in_part"),
        pytest.param([N, N], Outcome.NOT_UPHELD, id="none"),
        pytest.param([X], Outcome.NOT_UPHELD, id="nothing_established"),
        pytest.param([U, X], Outcome.PARTLY_UPHELD, id="upheld_but_for_what_nobody_knows"),
        pytest.param([N, X], Outcome.NOT_UPHELD, id="nothing_speaks_for_it"),
    ],
)
def test_the_outcome_follows_from_the_findings(
    findings: list[Finding | None], outcome: Outcome | None
) -> None:
    """The whole is upheld where every grievance is, and in part where any is."""
    grievances = [Grievance(number=1, text="t", finding=one) for one in findings]

    assert outcome == outcome_of(grievances)


def test_a_grievance_is_answered_with_its_reason() -> None:
    """A finding without a reason is no answer."""
    assert not Grievance(number=1, text="t", finding=U).is_answered
    assert Grievance(number=1, text="t", finding=U, reason="r").is_answered


def test_grievances_are_numbered_in_their_order() -> None:
    """Whatever is merged or moved, the letter counts from one."""
    case = open_case().with_grievances(
        NOON, WHO, [Grievance(number=7, text="b"), Grievance(number=2, text="a")]
    )

    assert [(one.number, one.text) for one in case.grievances] == [(1, "b"), (2, "a")]
    assert case == case.with_grievances(NOON, WHO, case.grievances)


def test_promises_of_an_answer_keep_their_numbers() -> None:
    """Once it has left, what is taken away leaves a gap, and what is new comes after all."""
    other = replace(ACTION, number=2, what="Un planning commun")
    credit = replace(REFUND, number=2, kind=CompensationKind.CREDIT_NOTE)
    letter = Letter(
        letter_id="R-2026-0001.answer.1",
        kind=LetterKind.ANSWER,
        to=None,
        subject="Réponse",
        body="…",
        created_at=NOON,
        sent_at=NOON,
    )
    case = replace(answered(), actions=(ACTION, other), compensations=(REFUND, credit))
    case = case.with_letter(letter).reopened(NOON, WHO)
    new, gift = replace(ACTION, number=0, what="x"), replace(credit, number=0, words="x")

    after = case.with_actions(NOON, WHO, [case.actions[1], new])
    after = after.with_compensations(NOON, WHO, [case.compensations[1], gift])

    assert [one.number for one in after.actions] == [2, 3]
    assert [one.number for one in after.compensations] == [2, 3]
    assert from_document(Complaint, to_document(after)) == after


def test_what_is_found_is_written_with_its_question() -> None:
    """Each answer leaves its line; the same answer again leaves none."""
    case = open_case().assessed(NOON, WHO, "concerns", concerns=(Concern.MINOR,))

    assert case.investigation
    assert case.investigation.concerns == (Concern.MINOR,)
    assert case.events[-1].what == "concerns"
    assert case == case.assessed(NOON, WHO, "concerns", concerns=(Concern.MINOR,))


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(lambda one: one.assessed(NOON, WHO, "facts", facts="f"), id="assessed"),
        pytest.param(lambda one: one.with_grievances(NOON, WHO, []), id="grievances"),
        pytest.param(lambda one: one.with_actions(NOON, WHO, []), id="actions"),
        pytest.param(lambda one: one.with_compensations(NOON, WHO, []), id="compensations"),
    ],
)
def test_nothing_is_assessed_before_the_investigation(
    step: Callable[[Complaint], Complaint],
) -> None:
    """Out of order is refused with its reason."""
    with pytest.raises(IllegalStep) as refused:
        step(complaint())

    assert Refusal.NO_INVESTIGATION is refused.value.refusal


def test_a_promise_is_kept_with_evidence() -> None:
    """Done needs a word or a piece that proves it; then the actions are being followed."""
    with pytest.raises(IllegalStep) as refused:
        answered().with_action_done(1, NOON, WHO, "")
    done = answered().with_action_done(1, NOON, WHO, "", (PHOTO,))

    assert Refusal.NO_EVIDENCE is refused.value.refusal
    assert done.actions[0].is_done
    assert State.ACTIONS_FOLLOWED is done.state
    assert done.open_promises() == [REFUND]
    assert done == done.with_action_done(1, NOON, WHO, "again")


def test_a_compensation_is_given_once() -> None:
    """What was given stays given; an unknown number is refused."""
    given = answered().with_compensation_done(1, NOON, WHO, "Virement du 4 mars")

    assert given.open_promises() == [ACTION]
    assert given == given.with_compensation_done(1, NOON, WHO, "again")
    with pytest.raises(IllegalStep):
        given.with_compensation_done(2, NOON, WHO, "x")


def test_it_is_not_closed_while_anything_is_owed() -> None:
    """First what was promised, then whether it helped, at 30 and at 90 days."""
    case = answered()
    refusals = []
    for step in (
        lambda one: one.with_action_done(1, NOON, WHO, "fait"),
        lambda one: one.with_compensation_done(1, NOON, WHO, "versé"),
        lambda one: one.with_check(1, look(30), WHO),
        lambda one: one.with_check(1, look(90), WHO),
    ):
        with pytest.raises(IllegalStep) as refused:
            case.closed(NOON, WHO)
        refusals.append(refused.value.refusal)
        case = step(case)

    open_, unchecked = Refusal.PROMISES_OPEN, Refusal.NOT_CHECKED
    assert [open_, open_, unchecked, unchecked] == refusals
    assert State.CLOSED is case.closed(NOON, WHO).state


def look(days: int) -> Check:
    at = NOON + timedelta(days=days)
    return Check(days=days, before=3, after=0, is_effective=True, at=at)


def test_the_client_is_asked_once_and_the_last_word_counts() -> None:
    """A verdict may change; asking again changes nothing."""
    asked = answered().with_satisfaction_asked(NOON)
    said = asked.with_verdict(Verdict.SETTLED, NOON).with_verdict(Verdict.CONTESTED, NOON)

    assert asked == asked.with_satisfaction_asked(NOON + timedelta(days=1))
    assert said.satisfaction
    assert Verdict.CONTESTED is said.satisfaction.verdict


def test_a_withdrawn_complaint_is_kept() -> None:
    """It stays in the register, and can be taken up again."""
    case = open_case().withdrawn(NOON, WHO)

    assert State.WITHDRAWN is case.state
    assert State.UNDER_INVESTIGATION is case.investigated(NOON, WHO).state


def test_a_manager_who_is_named_is_barred_once() -> None:
    """The story says that there was a conflict, and with nobody's name."""
    case = complaint().with_barred(100, NOON)

    assert case.barred == (100,)
    assert case == case.with_barred(100, NOON)
    assert case.events[-1].what == "conflict"


def test_all_of_it_comes_back_from_the_disk() -> None:
    """Grievances, promises, looks and verdicts are kept whole."""
    case = (
        open_case()
        .assessed(NOON, WHO, "concerns", concerns=(Concern.SAFETY,), pieces=(PHOTO,))
        .with_grievances(NOON, WHO, [Grievance(number=1, text="t", finding=P, reason="r")])
        .with_actions(NOON, WHO, [ACTION])
        .with_compensations(NOON, WHO, [REFUND])
        .with_action_done(1, NOON, WHO, "fait")
        .with_check(1, look(30), WHO)
        .with_verdict(Verdict.NOT_KEPT, NOON)
        .with_barred(100, NOON)
    )

    assert case == from_document(Complaint, to_document(case))


def test_what_was_promised_is_owed_while_it_is_taken_up_again() -> None:
    """Reopened or not, a promise in a letter that has left is reminded; before it, none is one."""
    sent = answer_left(answered(), NOON)
    again = sent.reopened(NOON, WHO)
    further = replace(again, actions=(*again.actions, replace(ACTION, number=2)))
    unsent = open_case().with_actions(NOON, WHO, [ACTION])

    for case in (sent, again, further):
        assert [one.code for one in ledger([case], Timetable())] == ["c1", "a1"]
    assert ledger([unsent], Timetable()) == []


def answer_left(one: Complaint, at: datetime) -> Complaint:
    letter = Letter(
        letter_id=f"R-2026-0001.answer.{len(one.letters) + 1}",
        kind=LetterKind.ANSWER,
        to=LEA,
        subject="s",
        body="b",
        created_at=at,
        sent_at=at,
    )
    return replace(one, letters=(*one.letters, letter))


@pytest.mark.parametrize("state", [State.ANSWERED, State.ACTIONS_FOLLOWED, State.CLOSED])
def test_an_answer_that_comes_back_late_is_owed_again(state: State) -> None:
    """A report may come days later, when the first promise is kept already."""
    case = replace(answer_left(answered(), NOON), state=state)
    back = case.with_bounce("R-2026-0001.answer.1", NOON)

    assert back.is_open
    assert back.letters[-1].is_stuck


def test_the_same_verdict_on_a_second_answer_counts_again() -> None:
    """Who contests twice, once after each answer, has said two things."""
    later = NOON + timedelta(days=3)
    first = answer_left(answered(), NOON).with_verdict(Verdict.CONTESTED, NOON)
    again = answer_left(first, later).with_verdict(Verdict.CONTESTED, later + timedelta(days=1))

    assert first == first.with_verdict(Verdict.CONTESTED, later)
    assert sum(one.what == f"verdict:{Verdict.CONTESTED}" for one in again.events) == 2


def test_one_that_was_withdrawn_by_mistake_is_taken_up_again() -> None:
    """It goes on where it stood; an acknowledgement that was held is still there to be handed."""
    held = Letter(
        letter_id="R-2026-0001.acknowledgement.1",
        kind=LetterKind.ACKNOWLEDGEMENT,
        to=LEA,
        subject="s",
        body="b",
        created_at=NOON,
        is_stuck=True,
    )
    grievance = Grievance(number=1, text="t", finding=U, reason="r")
    case = open_case().with_grievances(NOON, WHO, [grievance]).with_letter(held)
    again = case.withdrawn(NOON, WHO).reopened(NOON, WHO)

    assert State.UNDER_INVESTIGATION is again.state
    assert (grievance,) == again.grievances
    assert (held,) == again.letters
    assert State.UNDER_INVESTIGATION is complaint().withdrawn(NOON, WHO).reopened(NOON, WHO).state
