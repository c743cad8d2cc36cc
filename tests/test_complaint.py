"""The legal steps of a complaint's life."""

from dataclasses import replace
from datetime import timedelta

import pytest

from register.complaint import (
    REOPENABLE,
    Complaint,
    Decision,
    Finding,
    IllegalStep,
    Letter,
    LetterKind,
    ReceivedMessage,
    Refusal,
    State,
)
from register.labels import Motive, Severity
from tests.complaints import ACTION, LEA, NOON, complaint
from tests.complaints import decided as whole

WHO = "manager:100"


def letter(kind: LetterKind = LetterKind.ACKNOWLEDGEMENT) -> Letter:
    return Letter(
        letter_id=f"R-2026-0001.{kind}.1", kind=kind, to=LEA, subject="s", body="b", created_at=NOON
    )


def decided() -> Complaint:
    one = complaint().investigated(NOON, WHO).with_grievances(NOON, WHO, whole().grievances)
    one = one.with_actions(NOON, WHO, [ACTION])
    return one.decided(NOON, WHO, whole().decision)


def test_a_whole_life_in_order() -> None:
    """Received, acknowledged, under investigation and answered follow each other."""
    one = complaint().with_letter(letter())
    states = [one.state]
    one = one.with_sent(one.letters[0].letter_id, NOON, "250 ok")
    states.append(one.state)
    one = one.investigated(NOON, WHO)
    states.append(one.state)
    one = whole(one).approved(NOON, WHO, letter(LetterKind.ANSWER))
    one = one.with_sent("R-2026-0001.answer.1", NOON, "250 ok")
    states.append(one.state)

    assert states == [
        State.RECEIVED,
        State.ACKNOWLEDGED,
        State.UNDER_INVESTIGATION,
        State.ANSWERED,
    ]


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        pytest.param(
            lambda: complaint().decided(NOON, WHO, whole().decision),
            Refusal.NO_INVESTIGATION,
            id="a decision before an investigation",
        ),
        pytest.param(
            lambda: (
                complaint().investigated(NOON, WHO).approved(NOON, WHO, letter(LetterKind.ANSWER))
            ),
            Refusal.NO_DECISION,
            id="a letter before a decision",
        ),
        pytest.param(
            lambda: (
                decided()
                .approved(NOON, WHO, letter(LetterKind.ANSWER))
                .approved(NOON, WHO, letter(LetterKind.ANSWER))
            ),
            Refusal.ALREADY_ANSWERED,
            id="a second answer",
        ),
        pytest.param(
            lambda: complaint().set_aside(NOON, WHO).investigated(NOON, WHO),
            Refusal.OUT_OF_ORDER,
            id="investigating what was set aside",
        ),
        pytest.param(
            lambda: complaint().recalled(NOON, WHO),
            Refusal.OUT_OF_ORDER,
            id="recalling what was not set aside",
        ),
        pytest.param(
            lambda: complaint().with_sent("nothing", NOON, ""),
            Refusal.NO_SUCH_LETTER,
            id="proof of a letter that nobody wrote",
        ),
    ],
)
def test_a_step_out_of_order_is_refused_with_its_reason(step, refusal) -> None:  # type: ignore[no-untyped-def]
    """Every illegal step says why, by a code that has its sentence."""
    with pytest.raises(IllegalStep) as refused:
        step()

    assert refused.value.refusal is refusal


def test_a_decision_against_needs_reasons_only() -> None:
    """A complaint that is not upheld needs no action and no compensation to be answered."""
    against = whole(complaint(), Finding.NOT_UPHELD)

    assert replace(against, decision=Decision()).is_decided
    assert not whole(complaint(), Finding.NOT_UPHELD, reason="").is_decided
    assert whole().is_decided
    assert not replace(whole(), decision=Decision(actions_asked=True)).is_decided
    assert not whole(actions=()).is_decided


def test_the_same_message_joins_once() -> None:
    """A message delivered twice is one message."""
    more = ReceivedMessage(source_id="m2", received_at=NOON, text="Et aussi…")

    once = complaint().with_message(more)

    assert once.with_message(more) == once
    assert len(once.messages) == 2


def test_proof_comes_once() -> None:
    """A letter marked sent twice keeps its first proof."""
    queued = complaint().with_letter(letter())
    sent = queued.with_sent("R-2026-0001.acknowledgement.1", NOON, "first")

    again = sent.with_sent("R-2026-0001.acknowledgement.1", NOON + timedelta(1), "second")

    assert again == sent
    assert again.letters[0].proof == "first"


def test_a_bounced_acknowledgement_opens_its_duty_again() -> None:
    """What came back was not acknowledged: the state says so and the letter waits for somebody."""
    sent = complaint().with_letter(letter()).with_sent("R-2026-0001.acknowledgement.1", NOON, "ok")

    back = sent.with_bounce("R-2026-0001.acknowledgement.1", NOON)

    assert (back.state, back.acknowledged_at) == (State.RECEIVED, None)
    assert back.letters[0].is_stuck


def test_a_bounced_answer_is_owed_again() -> None:
    """An answer that came back leaves the complaint open."""
    sent = decided().approved(NOON, WHO, letter(LetterKind.ANSWER))
    sent = sent.with_sent("R-2026-0001.answer.1", NOON, "ok")

    assert sent.with_bounce("R-2026-0001.answer.1", NOON).is_open


def test_setting_aside_takes_unsent_letters_with_it() -> None:
    """Nothing leaves for a message that was no complaint, and recalling keeps the reference."""
    aside = complaint().with_letter(letter()).set_aside(NOON, WHO)

    assert aside.unsent() == ()
    assert aside.recalled(NOON, WHO).reference == "R-2026-0001"


def test_setting_aside_keeps_an_acknowledgement_that_is_held() -> None:
    """It was not to leave by itself: recalling must not write it anew. A stuck answer goes."""
    stuck = replace(letter(), is_stuck=True, trouble="automatic_sender")
    answer = replace(letter(LetterKind.ANSWER), is_stuck=True, trouble="no_address")
    held = complaint().with_letter(stuck).with_letter(answer)

    again = held.set_aside(NOON, WHO).recalled(NOON, WHO)

    assert again.letters == (stuck,)


@pytest.mark.parametrize("state", [State.ANSWERED, State.ACTIONS_FOLLOWED, State.CLOSED])
def test_an_answered_complaint_is_reopened(state: State) -> None:
    """New findings are owed; what was found out, promised, sent, and day 10 stay."""
    before = replace(decided(), state=state, letters=(replace(letter(), sent_at=NOON),))

    after = before.reopened(NOON, WHO)

    assert after.state is State.UNDER_INVESTIGATION
    assert after.decision == Decision()
    assert [one.text for one in after.grievances] == [one.text for one in before.grievances]
    assert after.outcome is None
    assert after.actions == tuple(replace(one, is_promised=True) for one in before.actions)
    assert after.events[-1].what == "reopened"
    assert (after.investigation, after.letters) == (before.investigation, before.letters)
    assert after.answer_due == before.answer_due


@pytest.mark.parametrize("state", sorted(set(State) - REOPENABLE))
def test_only_what_has_ended_is_reopened(state: State) -> None:
    """Elsewhere there is nothing to come back to."""
    with pytest.raises(IllegalStep):
        complaint(state=state).reopened(NOON, WHO)


def test_a_correction_moves_the_main_motive() -> None:
    """The manager's motive comes first, the others stay; severity changes alone."""
    two = complaint(motives=(Motive.SCHEDULING, Motive.BILLING))

    assert two.corrected(NOON, WHO, motive=Motive.EXAM).motives == (Motive.EXAM, Motive.BILLING)
    assert two.corrected(NOON, WHO, motive=Motive.BILLING).motives == (Motive.BILLING,)
    assert two.corrected(NOON, WHO, severity=Severity.SERIOUS).severity is Severity.SERIOUS


def test_every_step_leaves_a_trace_without_personal_data() -> None:
    """The story of a complaint holds who did what when, in codes."""
    what = [event.what for event in decided().events]

    assert what == ["investigation", "grievances", "actions", "decision"]
