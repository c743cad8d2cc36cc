"""The interview: what is asked next follows from what is missing, and an answer does one thing."""

from dataclasses import replace

import pytest

from bot.interview import (
    LONGEST_ANSWER,
    NextStep,
    NotAnAnswer,
    Question,
    answered,
    heard,
    next_question,
    next_step,
    offered,
    opened,
    tapped,
    words_of,
)
from bot.texts import label, sources
from register.complaint import (
    Complaint,
    Decision,
    IllegalStep,
    Investigation,
    Letter,
    LetterKind,
    Outcome,
    Refusal,
    State,
)
from register.labels import Motive
from tests.complaints import LEA, NOON, complaint, upheld

WHO = "manager:7"

_NOTHING = Investigation(opened_at=NOON, opened_by=WHO)
_CAUSES = replace(_NOTHING, causes="Une erreur.")
_DONE = replace(_CAUSES, is_isolated=True)
_UPHELD = Decision(outcome=Outcome.UPHELD)
_REASONED = replace(_UPHELD, reasons="Le planning le montre.")
_ACTING = replace(_REASONED, actions="Un rappel.")
_WHOLE = replace(_ACTING, compensation_asked=True)


def examined(investigation: Investigation | None = _DONE, **decision: object) -> Complaint:
    """A complaint whose interview has come this far."""
    state = State.UNDER_INVESTIGATION if investigation else State.ACKNOWLEDGED
    return complaint(
        state=state, investigation=investigation, decision=replace(Decision(), **decision)
    )


def letter(**changes: object) -> Letter:
    """An answer, queued."""
    plain = Letter(
        letter_id="R-2026-0001.answer.1",
        kind=LetterKind.ANSWER,
        to=LEA,
        subject="Réponse",
        body="…",
        created_at=NOON,
    )
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("investigation", "decision", "asked"),
    [
        pytest.param(None, Decision(), Question.CAUSES, id="nothing yet"),
        pytest.param(_NOTHING, Decision(), Question.CAUSES, id="opened"),
        pytest.param(_CAUSES, Decision(), Question.ISOLATED, id="causes"),
        pytest.param(_DONE, Decision(), Question.OUTCOME, id="investigated"),
        pytest.param(_DONE, _UPHELD, Question.REASONS, id="decided"),
        pytest.param(_DONE, _REASONED, Question.ACTIONS, id="reasons"),
        pytest.param(_DONE, _ACTING, Question.COMPENSATION, id="actions"),
        pytest.param(_DONE, _WHOLE, None, id="whole"),
        # a refusal owes neither actions nor compensation
        pytest.param(_DONE, replace(_REASONED, outcome=Outcome.NOT_UPHELD), None, id="not upheld"),
        # a partly upheld one does
        pytest.param(
            _DONE, replace(_REASONED, outcome=Outcome.PARTLY_UPHELD), Question.ACTIONS, id="partly"
        ),
        # what was said out of order is not asked again
        pytest.param(_NOTHING, _WHOLE, Question.CAUSES, id="decision before causes"),
    ],
)
def test_the_next_question_is_the_first_that_lacks_an_answer(
    investigation: Investigation | None, decision: Decision, asked: Question | None
) -> None:
    """Whatever is there already is not asked."""
    state = State.UNDER_INVESTIGATION if investigation else State.ACKNOWLEDGED
    one = complaint(state=state, investigation=investigation, decision=decision)

    assert next_question(one) is asked


@pytest.mark.parametrize(
    ("one", "step"),
    [
        (examined(None), NextStep.INVESTIGATE),
        (examined(_CAUSES), NextStep.INVESTIGATE),
        (examined(_DONE), NextStep.ANSWER),
        (replace(examined(_DONE), decision=upheld()), NextStep.APPROVE),
        (examined().with_letter(letter()), NextStep.LEAVING),
        (examined().with_letter(letter(is_stuck=True)), NextStep.ACT),
    ],
)
def test_the_next_step_is_said_in_one_word(one: Complaint, step: NextStep) -> None:
    """A list tells what each complaint waits for."""
    assert next_step(one) is step


@pytest.mark.parametrize(
    ("question", "value", "decision"),
    [
        (Question.OUTCOME, "partly_upheld", {"outcome": Outcome.PARTLY_UPHELD}),
        (Question.REASONS, " Le planning. ", {"reasons": "Le planning."}),
        (Question.ACTIONS, "Un rappel.", {"actions": "Un rappel."}),
        (Question.GESTURE, "Un café.", {"compensation": "Un café.", "compensation_asked": True}),
        (Question.COMPENSATION, "none", {"compensation": "", "compensation_asked": True}),
        # words where a button was offered are a gesture
        (Question.COMPENSATION, "Un avoir.", {"compensation": "Un avoir."}),
        (Question.REFUND, "120", {"compensation": "Un remboursement de 120,00 €."}),
        (Question.REFUND, "45.5 euros", {"compensation": "Un remboursement de 45,50 €."}),
        (Question.REFUND, "1 290,50 €", {"compensation": "Un remboursement de 1 290,50 €."}),
        (Question.REFUND, "1.290", {"compensation": "Un remboursement de 1 290,00 €."}),
    ],
)
def test_an_answer_fills_its_field(
    question: Question, value: str, decision: dict[str, object]
) -> None:
    """Each answer has one place in the decision."""
    after = answered(examined(), question, value, NOON, WHO)

    plain = {
        name: value.replace("\u202f", " ").replace("\u00a0", " ")
        if isinstance(value, str)
        else value
        for name in decision
        for value in [getattr(after.decision, name)]
    }
    assert decision == plain


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (Question.ISOLATED, "peut-être"),
        (Question.OUTCOME, "fondée"),
        (Question.REFUND, "beaucoup"),
        (Question.REFUND, "0"),
        (Question.REFUND, "-5"),
        (Question.REFUND, "12,345"),
        (Question.REASONS, "   "),
        (Question.REASONS, "x" * (LONGEST_ANSWER + 1)),
    ],
)
def test_what_does_not_answer_is_refused(question: Question, value: str) -> None:
    """A text that is no answer changes nothing."""
    with pytest.raises(NotAnAnswer):
        answered(examined(), question, value, NOON, WHO)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (Question.CAUSES, "Une erreur."),
        (Question.ISOLATED, "no"),
        (Question.OUTCOME, "upheld"),
        (Question.REASONS, "Le planning."),
        (Question.REFUND, "120"),
    ],
)
def test_the_same_answer_twice_changes_nothing(question: Question, value: str) -> None:
    """An update that comes twice leaves one line in the story."""
    once = answered(examined(), question, value, NOON, WHO)

    assert once == answered(once, question, value, NOON, WHO)


def test_two_taps_are_an_investigation() -> None:
    """A cause and "isolated" are enough; the state has opened by itself."""
    one = complaint(state=State.ACKNOWLEDGED)
    one = tapped(one, Question.CAUSES, "scheduling_2", NOON, WHO)
    one = tapped(one, Question.ISOLATED, "yes", NOON, WHO)

    assert one.state is State.UNDER_INVESTIGATION
    assert one.investigation == replace(
        _NOTHING, causes=label("manager.causes_scheduling_2"), is_isolated=True
    )
    assert next_question(one) is Question.OUTCOME


def test_a_change_to_not_upheld_drops_what_was_promised() -> None:
    """A letter that refuses must not offer a lesson."""
    one = replace(examined(), decision=upheld())

    after = answered(one, Question.OUTCOME, "not_upheld", NOON, WHO).decision

    assert after == Decision(outcome=Outcome.NOT_UPHELD, reasons=upheld().reasons)


def test_an_offered_lesson_is_a_sentence_of_the_letter() -> None:
    """What is tapped is short, what the client reads is whole."""
    after = tapped(examined(), Question.COMPENSATION, "lesson", NOON, WHO)

    assert after.decision.compensation == label("manager.letter_lesson")


@pytest.mark.parametrize("code", ["refund", "gesture"])
def test_a_choice_that_leads_on_is_no_answer(code: str) -> None:
    """A refund without its amount is not a compensation."""
    with pytest.raises(NotAnAnswer):
        tapped(examined(), Question.COMPENSATION, code, NOON, WHO)


def test_a_code_that_was_never_offered_is_refused() -> None:
    """A forged button names no cause."""
    with pytest.raises(KeyError):
        tapped(examined(), Question.CAUSES, "letter_refund", NOON, WHO)


@pytest.mark.parametrize(
    ("said", "compensation"),
    [
        ("Aucun", ""),
        ("non.", ""),
        ("rien", ""),
        ("leçon offerte", label("manager.letter_lesson")),
        ("Une heure de code.", "Une heure de code."),
        ("rien à redire : un café offert", "rien à redire : un café offert"),
    ],
)
def test_a_compensation_in_words(said: str, compensation: str) -> None:
    """A choice that is typed counts as that choice; other words are the gesture."""
    after = heard(examined(), Question.COMPENSATION, said, NOON, WHO).decision

    assert (after.compensation, after.compensation_asked) == (compensation, True)


def test_a_bare_sum_is_a_refund() -> None:
    """An amount alone would say nothing to the client."""
    after = heard(examined(), Question.COMPENSATION, " 120 € ", NOON, WHO).decision

    assert after.compensation.startswith("Un remboursement de 120,00")


@pytest.mark.parametrize("question", [Question.COMPENSATION, Question.GESTURE])
@pytest.mark.parametrize("said", ["?", "0", "12,345", "..."])
def test_what_is_not_words_is_no_gesture(question: Question, said: str) -> None:
    """A stray sign does not enter the letter."""
    with pytest.raises(NotAnAnswer):
        heard(examined(), question, said, NOON, WHO)


@pytest.mark.parametrize("motive", Motive)
def test_every_motive_offers_causes_and_actions(motive: Motive) -> None:
    """Three or four of each, short enough for a button, no two alike."""
    for question in (Question.CAUSES, Question.ACTIONS):
        codes = offered(complaint(motives=(motive,)), question)
        words = [words_of(question, code) for code in codes]

        assert 3 <= len(words) <= 4
        assert len(set(words)) == len(words)
        assert all(len(one) <= 50 for one in words)


def test_without_a_motive_the_plain_causes_are_offered() -> None:
    """A complaint that nobody has read can be investigated all the same."""
    assert offered(complaint(motives=()), Question.CAUSES)[0] == "other_1"


@pytest.mark.parametrize("question", Question)
def test_every_question_has_its_words(question: Question) -> None:
    """A question asks in words, and says when it has been answered."""
    assert f"manager.ask_{question}" in sources()
    assert f"manager.noted_{question}" in sources()


@pytest.mark.parametrize(
    ("one", "refusal"),
    [
        (complaint(state=State.ANSWERED), Refusal.ALREADY_ANSWERED),
        (complaint(state=State.CLOSED), Refusal.ALREADY_ANSWERED),
        (examined().with_letter(letter()), Refusal.ALREADY_ANSWERED),
        (examined().with_letter(letter(is_stuck=True)), Refusal.ALREADY_ANSWERED),
        (complaint(state=State.SET_ASIDE), Refusal.OUT_OF_ORDER),
        (complaint(state=State.WITHDRAWN), Refusal.OUT_OF_ORDER),
    ],
)
def test_an_old_button_opens_nothing_again(one: Complaint, refusal: Refusal) -> None:
    """Where an answer was given, or none is owed, the interview is refused with the reason."""
    with pytest.raises(IllegalStep) as refused:
        opened(one, NOON, WHO)

    assert refused.value.refusal is refusal
