"""The interview: what is asked next follows from what is missing, and an answer does one thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot import asking
from bot.answers import LONGEST_ANSWER, heard, leads_to, stays_at, tapped, with_piece
from bot.interview import (
    NONE,
    UNKNOWABLE,
    Asked,
    Hand,
    NextStep,
    NotAnAnswer,
    Question,
    mark,
    next_question,
    next_step,
    offered,
    opened,
    question_before,
    questions,
    words_of,
)
from bot.promising import label_of
from bot.said import day, euros
from bot.texts import label, sources
from register.attachment import Attachment
from register.complaint import (
    Complaint,
    Concern,
    Decision,
    Finding,
    Grievance,
    IllegalStep,
    Investigation,
    Letter,
    LetterKind,
    Outcome,
    ReceivedMessage,
    Refusal,
    State,
)
from register.extraction import Extraction, Source
from register.labels import Motive, Severity
from register.remedy import Action, Compensation, CompensationKind
from tests.complaints import ACTION, LEA, LESSON, NOON, complaint, decided, examined
from tests.test_grievances import THREE

WHO = "manager:7"
TODAY = date(2026, 3, 2)
HAND = Hand(at=NOON, who=WHO, name="Jeanne Morel", today=TODAY)
FACTS, CAUSES, CONCERNS, IMMEDIATE, ISOLATED, GRIEVANCES = map(
    Asked,
    (
        Question.FACTS,
        Question.CAUSES,
        Question.CONCERNS,
        Question.IMMEDIATE,
        Question.ISOLATED,
        Question.GRIEVANCES,
    ),
)
FINDING, REASON = Asked(Question.FINDING, "1"), Asked(Question.REASON, "1")
ACTIONS, COMPENSATION = Asked(Question.ACTIONS), Asked(Question.COMPENSATION)
BARE = Investigation(opened_at=NOON, opened_by=WHO)


def begun(**changes: Any) -> Complaint:
    """A complaint whose interview has just been opened."""
    return opened(complaint(**changes), NOON, WHO)


def of_three() -> Complaint:
    """One whose text complains of three things."""
    message = ReceivedMessage(source_id="m1@home.test", received_at=NOON, text=THREE)
    return begun(messages=(message,))


def judged(*findings: Finding | None, **found: Any) -> Complaint:
    """Investigated, with these findings and no decision beyond."""
    told = [Grievance(number=n, text=f"g{n}", finding=one) for n, one in enumerate(findings, 1)]
    reasoned = tuple(replace(one, reason="r") if one.finding else one for one in told)
    return replace(examined(complaint(), **found), grievances=reasoned)


def letter(**changes: Any) -> Letter:
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


# -- which question ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "asked"),
    [
        pytest.param(complaint(), FACTS, id="nothing yet"),
        pytest.param(begun(), FACTS, id="opened"),
        pytest.param(examined(complaint(), heard="", facts="Vu."), GRIEVANCES, id="facts told"),
        pytest.param(examined(complaint(), causes=""), CAUSES, id="no cause"),
        pytest.param(examined(complaint(), is_weighed=False), CONCERNS, id="not weighed"),
        pytest.param(examined(complaint(), immediate_asked=False), IMMEDIATE, id="at once"),
        pytest.param(examined(complaint(), is_isolated=None), ISOLATED, id="isolated or not"),
        # one grievance is proposed and judged on one screen, several are agreed on first
        pytest.param(judged(None), FINDING, id="one grievance"),
        pytest.param(judged(None, None), GRIEVANCES, id="two grievances"),
        pytest.param(
            replace(judged(Finding.UPHELD, None), decision=Decision(grievances_asked=True)),
            Asked(Question.FINDING, "2"),
            id="the second of two",
        ),
        pytest.param(
            replace(
                judged(None), grievances=(Grievance(number=1, text="g", finding=Finding.UPHELD),)
            ),
            REASON,
            id="no reason",
        ),
        pytest.param(judged(Finding.UPHELD), ACTIONS, id="upheld"),
        pytest.param(judged(Finding.PARTLY_UPHELD), ACTIONS, id="upheld in part"),
        # a refusal owes neither actions nor compensation
        pytest.param(judged(Finding.NOT_UPHELD), None, id="not upheld"),
        pytest.param(judged(Finding.UNESTABLISHED), None, id="not established"),
        pytest.param(decided(actions=()), ACTIONS, id="actions asked, and none there"),
        pytest.param(decided(actions_asked=False), ACTIONS, id="not all actions said"),
        pytest.param(decided(compensation_asked=False), COMPENSATION, id="compensation"),
        pytest.param(decided(), None, id="whole"),
        # what was said out of order is not asked again
        pytest.param(replace(decided(), investigation=BARE), FACTS, id="decision before facts"),
        # what nobody knows is asked no more
        pytest.param(
            replace(decided(), investigation=replace(BARE, unknown=tuple(UNKNOWABLE))),
            None,
            id="unknown",
        ),
    ],
)
def test_the_next_question_is_the_first_that_lacks_an_answer(
    one: Complaint, asked: Asked | None
) -> None:
    """Whatever is there already is not asked."""
    assert next_question(one) == asked


@pytest.mark.parametrize(
    ("one", "step"),
    [
        (complaint(), NextStep.INVESTIGATE),
        (examined(complaint(), is_isolated=None), NextStep.INVESTIGATE),
        (judged(None), NextStep.ANSWER),
        (decided(), NextStep.APPROVE),
        (decided().with_letter(letter()), NextStep.LEAVING),
        (decided().with_letter(letter(is_stuck=True)), NextStep.ACT),
    ],
)
def test_the_next_step_is_said_in_one_word(one: Complaint, step: NextStep) -> None:
    """A list tells what each complaint waits for."""
    assert next_step(one) is step


@pytest.mark.parametrize("one", [begun(), of_three(), decided(), judged(Finding.NOT_UPHELD)])
def test_the_way_back_leads_through_every_question(one: Complaint) -> None:
    """From the preview to the first question, one by one, whatever the case has."""
    way, at = [], question_before(one, None)
    while at:
        way.append(at)
        at = question_before(one, at)

    assert way[::-1] == questions(one)


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        (Asked(Question.GRIEVANCE, "1"), FINDING),
        (Asked(Question.OWNER, "1"), ACTIONS),
        (Asked(Question.DUE, "2"), IMMEDIATE),
        (Asked(Question.AMOUNT, "refund"), COMPENSATION),
        (Asked(Question.GIVEN_BY, "1"), COMPENSATION),
    ],
)
def test_a_question_asked_by_a_choice_leads_back_to_it(asked: Asked, before: Asked) -> None:
    """ "Revenir" is where one came from."""
    one = decided(actions=[ACTION, replace(ACTION, number=2, what="b", is_immediate=True)])

    assert question_before(one, asked) == before


@pytest.mark.parametrize("asked", [FACTS, FINDING, Asked(Question.AMOUNT, "refund")])
def test_a_question_is_remembered_by_its_code(asked: Asked) -> None:
    """What the register keeps, and what a button carries, comes back the same."""
    assert Asked.read(asked.code) == asked
    assert Asked.tapped(asked.question, asked.choice("drop.1.abc")) == (asked, "drop.1.abc")


# -- grievances -------------------------------------------------------------------------------


def test_an_opened_complaint_has_its_grievances_proposed() -> None:
    """In the client's words; by the motive where there are none."""
    silent = ReceivedMessage(source_id="m1", received_at=NOON, text="")

    assert [one.number for one in of_three().grievances] == [1, 2, 3]
    assert begun().grievances[0].text == "Ma leçon de mardi a été annulée sans prévenir."
    assert begun(messages=(silent,)).grievances[0].text == "Planning des leçons"
    assert begun(messages=(silent,), motives=()).grievances[0].text == label(
        "manager.grievance_unsaid"
    )


def test_grievances_are_merged_worded_added_and_dropped() -> None:
    """The manager makes of the proposal what the letter is to answer."""
    one = of_three()
    first = mark(one.grievances[0].text)
    one = tapped(one, GRIEVANCES, f"merge.1.{first}", HAND)
    one = heard(one, Asked(Question.GRIEVANCE, "2"), "Le téléphone sonne dans le vide.", HAND)
    one = heard(one, Asked(Question.GRIEVANCE, "new"), "Un quatrième.", HAND)
    dropped = tapped(one, GRIEVANCES, f"drop.3.{mark('Un quatrième.')}", HAND)

    texts = [grievance.text for grievance in one.grievances]
    assert texts[0].startswith("Ma leçon")
    assert texts[0].endswith("deux fois la même heure.")
    assert texts[1:] == ["Le téléphone sonne dans le vide.", "Un quatrième."]
    assert [grievance.text for grievance in dropped.grievances] == texts[:2]
    assert next_question(tapped(examined(dropped), GRIEVANCES, "done", HAND)) == FINDING


def test_what_is_gone_is_not_taken_away_twice() -> None:
    """A tap that comes twice means the grievance that was there, not the one in its place."""
    one = of_three()
    tap = f"drop.1.{mark(one.grievances[0].text)}"
    once = tapped(one, GRIEVANCES, tap, HAND)

    assert len(once.grievances) == 2
    assert tapped(once, GRIEVANCES, tap, HAND) == once


def test_the_last_grievance_stays() -> None:
    """A letter without one would answer nothing."""
    one = begun()
    with pytest.raises(NotAnAnswer):
        tapped(one, GRIEVANCES, f"drop.1.{mark(one.grievances[0].text)}", HAND)


def test_another_finding_asks_for_its_reason_again() -> None:
    """A reason belongs to its finding, and a rewritten letter to its outcome."""
    one = decided(body="Bonjour. C’est fondé.")
    same = tapped(one, FINDING, "upheld", HAND)
    other = tapped(one, FINDING, "partly_upheld", HAND)

    assert same == one
    assert other.grievances[0].reason == ""
    assert other.decision.body == ""
    assert next_question(other) == REASON


def test_a_change_to_not_upheld_drops_what_was_promised() -> None:
    """A letter that refuses must not offer a lesson; what was done at once stays."""
    now = Action(number=1, what="a", is_immediate=True)
    kept = replace(LESSON, number=2, quantity=2, done_at=NOON)
    one = decided(actions=[now, replace(ACTION, number=2)], compensations=[LESSON, kept])

    after = tapped(one, FINDING, "not_upheld", HAND)

    assert after.outcome is Outcome.NOT_UPHELD
    assert after.actions == (now,)
    assert after.compensations == (replace(kept, number=1),)


def test_what_an_answer_has_promised_is_not_dropped() -> None:
    """A reopened complaint that is refused in the end keeps the first letter's promises."""
    first = decided().with_letter(letter(sent_at=NOON))
    again = replace(first, state=State.ANSWERED).reopened(NOON, WHO)

    after = tapped(again, FINDING, "not_upheld", HAND)

    assert after.outcome is Outcome.NOT_UPHELD
    assert (after.actions, after.compensations) == (again.actions, again.compensations)


def test_none_after_reopening_keeps_what_is_in_writing() -> None:
    """The client has the refund on paper; what was promised since can still be taken back."""
    again = reopened()
    more = tapped(again, COMPENSATION, "lessons.2", HAND)
    for said in (NONE, f"drop.2.{mark(label_of(more.compensations[1]))}"):
        assert tapped(more, COMPENSATION, said, HAND).compensations == again.compensations
    kept = tapped(again, COMPENSATION, f"drop.1.{mark(label_of(LESSON))}", HAND)
    assert kept.compensations == again.compensations
    assert tapped(again, ACTIONS, f"drop.1.{mark(ACTION.what)}", HAND).actions == again.actions
    at_once = replace(again, actions=(replace(again.actions[0], is_immediate=True),))
    assert tapped(at_once, IMMEDIATE, NONE, HAND).actions == at_once.actions


def test_after_reopening_that_is_all_can_be_tapped() -> None:
    """The compensation of the first letter is shown with a button that keeps it as it is."""
    keyboard = asking.keyboard(reopened(), COMPENSATION, asking.Around())
    words = [one.text for row in keyboard.inline_keyboard for one in row]

    assert label("manager.done_compensation") in words
    assert "🗑 1" not in words


def reopened() -> Complaint:
    """One whose answer has promised an action and a lesson, taken up again."""
    first = decided(compensations=[LESSON]).with_letter(letter(sent_at=NOON))
    return replace(first, state=State.ANSWERED).reopened(NOON, WHO)


# -- answers ----------------------------------------------------------------------------------


def found(one: Complaint) -> Investigation:
    assert one.investigation
    return one.investigation


@pytest.mark.parametrize(
    ("asked", "said", "field", "value"),
    [
        (FACTS, " Le planning le dit. ", "facts", "Le planning le dit."),
        (CAUSES, "Une erreur.", "causes", "Une erreur."),
        (ISOLATED, "Cas isolé", "is_isolated", True),
        (ISOLATED, "d’autres sont touchés.", "is_isolated", False),
        (IMMEDIATE, "aucune", "immediate_asked", True),
    ],
)
def test_words_answer_a_question(asked: Asked, said: str, field: str, value: object) -> None:
    """Each answer has one place; a choice that is typed counts as that choice."""
    assert getattr(found(heard(begun(), asked, said, HAND)), field) == value


def test_an_answer_is_taken_back() -> None:
    """ "Je ne sais pas" over an answer, "aucun" over a word: the letter no longer has it."""
    one = decided(reasons="Un mot.")
    after = tapped(one, CAUSES, "unknown", HAND)
    after = tapped(after, FACTS, "unknown", HAND)
    after = heard(after, Asked(Question.REASONS), "Aucun", HAND)

    assert (found(after).causes, found(after).heard, after.decision.reasons) == ("", "", "")
    assert next_question(after) is None


def test_how_the_facts_were_established_is_one_tap() -> None:
    """The words of the letter are whole; what was written stays beside it."""
    one = heard(begun(), FACTS, "Deux annulations.", HAND)
    one = tapped(one, FACTS, "both", HAND)

    assert found(one).heard == label("manager.heard_both")
    assert found(one).facts == "Deux annulations."


def test_severity_and_concerns_are_confirmed_together() -> None:
    """Each tap is kept, and only the last one goes on."""
    one = begun()
    for code in ("severity.serious", "with.minor", "with.safety", "without.minor"):
        one = tapped(one, CONCERNS, code, HAND)
        assert not found(one).is_weighed
        assert stays_at(one, CONCERNS, code) == CONCERNS
    one = tapped(one, CONCERNS, "done", HAND)

    assert one.severity is Severity.SERIOUS
    assert found(one).concerns == (Concern.SAFETY,)
    assert found(one).is_weighed
    assert stays_at(one, CONCERNS, "done") is None
    with pytest.raises(NotAnAnswer):
        tapped(begun(severity=None), CONCERNS, "done", HAND)


@pytest.mark.parametrize("asked", [FACTS, CAUSES, CONCERNS, IMMEDIATE, ISOLATED])
def test_what_is_not_known_is_kept_and_can_still_be_said(asked: Asked) -> None:
    """It is asked no more by itself; an answer given later takes it out again."""
    answers = {CONCERNS: "done", IMMEDIATE: NONE, ISOLATED: "yes", FACTS: "file"}
    one = tapped(begun(), asked, "unknown", HAND)
    later = tapped(one, asked, answers.get(asked, "scheduling_1"), HAND)

    assert found(one).unknown == (asked.question,)
    assert found(later).unknown == ()
    with pytest.raises(NotAnAnswer):
        tapped(one, FINDING, "unknown", HAND)


def test_an_action_is_the_managers_within_thirty_days() -> None:
    """At once means today; both can be given to somebody else, for another day."""
    one = tapped(begun(), IMMEDIATE, "scheduling_1", HAND)
    one = heard(one, ACTIONS, "Un rappel.", HAND)
    assert [(a.owner, a.due, a.is_immediate) for a in one.actions] == [
        ("Jeanne Morel", TODAY, True),
        ("Jeanne Morel", date(2026, 4, 1), False),
    ]
    one = heard(one, Asked(Question.OWNER, "2"), "Karim", HAND)
    one = tapped(one, Asked(Question.DUE, "2"), "60", HAND)
    one = heard(one, Asked(Question.DUE, "1"), "3 mars", HAND)

    assert [(a.owner, a.due) for a in one.actions] == [
        ("Jeanne Morel", date(2026, 3, 3)),
        ("Karim", date(2026, 5, 1)),
    ]
    assert not found(one).immediate_asked
    assert found(tapped(one, IMMEDIATE, "done", HAND)).immediate_asked
    assert [a.what for a in tapped(one, IMMEDIATE, NONE, HAND).actions] == ["Un rappel."]


def test_a_promise_is_taken_back_unless_it_is_kept() -> None:
    """What is done stays; the others go, and a tap that comes twice takes one."""
    kept = replace(ACTION, number=2, what="b", done_at=NOON)
    one = decided(actions=[ACTION, kept])
    tap = f"drop.1.{mark(ACTION.what)}"
    after = tapped(one, ACTIONS, tap, HAND)

    assert after.actions == (replace(kept, number=1),)
    assert tapped(after, ACTIONS, tap, HAND) == after
    assert tapped(after, ACTIONS, f"drop.1.{mark('b')}", HAND) == after
    given = tapped(one, COMPENSATION, f"drop.1.{mark(label_of(LESSON))}", HAND)
    assert given.compensations == ()


def test_an_upheld_complaint_needs_an_action() -> None:
    """ "C'est tout" with nothing there is no answer."""
    with pytest.raises(NotAnAnswer):
        tapped(judged(Finding.UPHELD), ACTIONS, "done", HAND)


@pytest.mark.parametrize(
    ("asked", "said", "kind", "what"),
    [
        (COMPENSATION, "120", "refund", {"amount": Decimal("120.00")}),
        (COMPENSATION, "Un café le samedi.", "gesture", {"words": "Un café le samedi."}),
        (Asked(Question.AMOUNT, "refund"), "45.5 euros", "refund", {"amount": Decimal("45.50")}),
        (Asked(Question.AMOUNT, "credit_note"), "1 290,50 €", "credit_note", {"amount": "1290.50"}),
        (Asked(Question.AMOUNT, "discount"), "1.290", "discount", {"amount": "1290.00"}),
        (Asked(Question.GESTURE), "Un café.", "gesture", {"words": "Un café."}),
    ],
)
def test_a_compensation_in_words(asked: Asked, said: str, kind: str, what: dict[str, Any]) -> None:
    """A bare sum is a refund, other words a gesture; both within thirty days."""
    after = heard(judged(Finding.UPHELD), asked, said, HAND)

    whole = {key: Decimal(one) if key == "amount" else one for key, one in what.items()}
    due = TODAY + timedelta(days=30)
    assert after.compensations == (
        Compensation(number=1, kind=CompensationKind(kind), due=due, **whole),
    )
    assert after.decision.compensation_asked


@pytest.mark.parametrize("said", ["Aucun", "non.", "rien"])
def test_none_in_words_is_none(said: str) -> None:
    """And what was noted before goes with it."""
    after = heard(decided(), COMPENSATION, said, HAND)

    assert (after.compensations, after.decision.compensation_asked) == ((), True)


def test_a_compensation_is_one_tap() -> None:
    """Lessons by their number, and what the client says was paid."""
    one = replace(judged(Finding.UPHELD), extraction=Extraction(source=Source(amount=Decimal(55))))

    assert "refund.55" in offered(one, COMPENSATION)
    assert tapped(one, COMPENSATION, "refund.55", HAND).compensations[0].amount == Decimal(55)
    assert tapped(one, COMPENSATION, "lessons.2", HAND).compensations[0].quantity == 2


@pytest.mark.parametrize(
    ("asked", "code", "deeper"),
    [
        (COMPENSATION, "refund", Asked(Question.AMOUNT, "refund")),
        (COMPENSATION, "discount", Asked(Question.AMOUNT, "discount")),
        (COMPENSATION, "gesture", Asked(Question.GESTURE)),
        (COMPENSATION, "due.1", Asked(Question.GIVEN_BY, "1")),
        (COMPENSATION, "lessons.1", None),
        (FINDING, "edit", Asked(Question.GRIEVANCE, "1")),
        (GRIEVANCES, "edit.2", Asked(Question.GRIEVANCE, "2")),
        (GRIEVANCES, "add", Asked(Question.GRIEVANCE, "new")),
        (ACTIONS, "owner.2", Asked(Question.OWNER, "2")),
        (IMMEDIATE, "due.1", Asked(Question.DUE, "1")),
    ],
)
def test_a_choice_may_lead_on(asked: Asked, code: str, deeper: Asked | None) -> None:
    """A refund without its amount is not a compensation: it is asked for."""
    assert leads_to(asked, code) == deeper


ANSWERS: list[tuple[Asked, str]] = [
    (FACTS, "file"),
    (CAUSES, "scheduling_2"),
    (CONCERNS, "with.minor"),
    (CONCERNS, "severity.serious"),
    (CONCERNS, "done"),
    (CONCERNS, "unknown"),
    (IMMEDIATE, "scheduling_1"),
    (IMMEDIATE, NONE),
    (ISOLATED, "no"),
    (GRIEVANCES, "done"),
    (FINDING, "upheld"),
    (REASON, "upheld_scheduling_1"),
    (ACTIONS, "scheduling_1"),
    (COMPENSATION, "lessons.1"),
    (COMPENSATION, "refund.55.50"),
    (COMPENSATION, NONE),
]
WORDS: list[tuple[Asked, str]] = [
    (FACTS, "Vu."),
    (Asked(Question.GRIEVANCE, "new"), "Un de plus."),
    (REASON, "Le planning."),
    (ACTIONS, "Un rappel."),
    (IMMEDIATE, "Un appel."),
    (COMPENSATION, "120"),
    (Asked(Question.REASONS), "Un mot."),
    (Asked(Question.BODY), "Bonjour, …"),
]


@pytest.mark.parametrize(
    ("answer", "asked", "said"),
    [
        *((tapped, asked, code) for asked, code in ANSWERS),
        *((heard, asked, said) for asked, said in WORDS),
    ],
)
def test_the_same_answer_twice_changes_nothing(
    answer: Callable[[Complaint, Asked, str, Hand], Complaint], asked: Asked, said: str
) -> None:
    """An update that comes twice leaves one line in the story."""
    lacking = {"heard": "", "causes": "", "is_weighed": False, "immediate_asked": False}
    before = judged(Finding.NOT_UPHELD, is_isolated=None, concerns=None, **lacking)
    once = answer(before, asked, said, HAND)

    assert once != before
    assert once == answer(once, asked, said, HAND)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ISOLATED, "peut-être"),
        (FINDING, "C’est leur faute"),
        (CONCERNS, "grave"),
        (Asked(Question.AMOUNT, "refund"), "beaucoup"),
        (Asked(Question.AMOUNT, "refund"), "0"),
        (Asked(Question.AMOUNT, "refund"), "-5"),
        (Asked(Question.AMOUNT, "refund"), "12,345"),
        (COMPENSATION, "?"),
        (COMPENSATION, "0"),
        (Asked(Question.GESTURE), "12"),
        (Asked(Question.DUE, "1"), "bientôt"),
        (Asked(Question.DUE, "1"), "1/3/2026"),  # yesterday
        (Asked(Question.DUE, "9"), "30/3"),
        (REASON, "   "),
        (REASON, "x" * (LONGEST_ANSWER + 1)),
    ],
)
def test_what_does_not_answer_is_refused(asked: Asked, said: str) -> None:
    """A text that is no answer changes nothing."""
    with pytest.raises(NotAnAnswer):
        heard(decided(), asked, said, HAND)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (FACTS, "dreamt"),
        (CAUSES, "letter_refund"),
        (CONCERNS, "severity.mild"),
        (ISOLATED, "perhaps"),
        (FINDING, "fine"),
        (GRIEVANCES, "dance"),
        (ACTIONS, "nonsense_1"),
        (COMPENSATION, "refund.much"),
        (COMPENSATION, "refund.NaN"),
        (COMPENSATION, "lessons.x"),
        (Asked(Question.DUE, "1"), "1000"),
    ],
)
def test_a_code_that_was_never_offered_is_refused(asked: Asked, code: str) -> None:
    """A forged button names no cause, and gives no money."""
    with pytest.raises(KeyError):
        tapped(decided(), asked, code, HAND)


def test_a_piece_is_kept_once() -> None:
    """The same file again is the same piece."""
    photo = Attachment(name="p.jpg", sha256="a" * 64, size=3, content_type="image/jpeg")
    once = with_piece(begun(), photo, HAND)

    assert found(once).pieces == (photo,)
    assert with_piece(once, photo, HAND) == once


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("15/03", date(2026, 3, 15)),
        ("1/2", date(2027, 2, 1)),  # the next one
        ("15/03/27", date(2027, 3, 15)),
        ("15.3.2026", date(2026, 3, 15)),
        ("le 1er avril", date(2026, 4, 1)),
        ("15 mars 2026", date(2026, 3, 15)),
        ("3 déc.", date(2026, 12, 3)),
        ("31/02", None),
        ("demain", None),
        ("12", None),
    ],
)
def test_a_day_as_people_write_it(said: str, expected: date | None) -> None:
    """In figures or in words; without a year the next one."""
    assert day(said, TODAY) == expected


def test_a_sum_as_people_write_it() -> None:
    """With or without cents, spaces, dots and sign."""
    assert euros(" 1 290,50 € ") == Decimal("1290.50")
    assert euros("beaucoup") is None


# -- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("motive", Motive)
def test_every_motive_offers_causes_and_actions(motive: Motive) -> None:
    """Several of each, short enough for a button, no two alike."""
    one = begun(motives=(motive,))
    for asked in (CAUSES, ACTIONS, IMMEDIATE):
        words = [words_of(asked, code) for code in offered(one, asked)]

        assert 2 <= len(words) <= 4
        assert len(set(words)) == len(words)
        assert all(len(text) <= 50 for text in words)


@pytest.mark.parametrize("finding", Finding)
@pytest.mark.parametrize("motive", Motive)
def test_every_finding_offers_reasons(motive: Motive, finding: Finding) -> None:
    """Usual ones of the motive, then what fits any: whole sentences of the letter."""
    one = replace(
        begun(motives=(motive,)), grievances=(Grievance(number=1, text="g", finding=finding),)
    )
    words = [words_of(REASON, code) for code in offered(one, REASON)]

    assert 3 <= len(words) <= 4
    assert all(text.endswith(".") and len(text) <= 64 for text in words)


def test_without_a_motive_the_plain_causes_are_offered() -> None:
    """A complaint that nobody has read can be investigated all the same."""
    assert offered(complaint(motives=()), CAUSES)[0] == "other_1"


@pytest.mark.parametrize("question", Question)
def test_every_question_has_its_words(question: Question) -> None:
    """A question asks in words, says when it has been answered, and has a name."""
    for kind in ("ask", "noted", "name"):
        assert f"manager.{kind}_{question}" in sources()


@pytest.mark.parametrize(
    ("one", "refusal"),
    [
        (complaint(state=State.ANSWERED), Refusal.ALREADY_ANSWERED),
        (complaint(state=State.CLOSED), Refusal.ALREADY_ANSWERED),
        (decided().with_letter(letter()), Refusal.ALREADY_ANSWERED),
        (decided().with_letter(letter(is_stuck=True)), Refusal.ALREADY_ANSWERED),
        (complaint(state=State.SET_ASIDE), Refusal.OUT_OF_ORDER),
        (complaint(state=State.WITHDRAWN), Refusal.OUT_OF_ORDER),
    ],
)
def test_an_old_button_opens_nothing_again(one: Complaint, refusal: Refusal) -> None:
    """Where an answer was given, or none is owed, the interview is refused with the reason."""
    with pytest.raises(IllegalStep) as refused:
        opened(one, NOON, WHO)

    assert refused.value.refusal is refusal
