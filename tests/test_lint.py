"""The lint: a letter that lacks one thing is refused for that thing, and for nothing else."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from letters.compose import answer
from letters.lint import Fault, lint
from letters.words import named
from register.complaint import Address, Complainant, Complaint, Finding, Grievance, Letter
from register.labels import Channel
from register.remedy import Compensation, CompensationKind
from tests.complaints import LESSON, NOON, complaint, decided
from tests.desk import SCHOOL, at
from tests.test_letters import PARIS

MEDIATOR = SCHOOL.mediator
assert MEDIATOR
REFUND = Compensation(number=1, kind=CompensationKind.REFUND, amount=Decimal("1290.50"))
LATE = Grievance(
    number=1,
    text="Ma leçon de mardi a été annulée sans prévenir.",
    finding=Finding.UPHELD,
    reason="Le planning garde trace du changement.",
)
BILL = Grievance(
    number=2,
    text="La facture compte deux fois la même heure.",
    finding=Finding.NOT_UPHELD,
    reason="Chaque ligne correspond à un document signé.",
)
OTHER = complaint(
    reference="R-2026-0002",
    complainant=Complainant(
        name="Hugo Bernard",
        address=Address(Channel.EMAIL, "hugo@home.test"),
        contact="06 99 00 45 67",
    ),
)


def whole(*compensations: Compensation, **changes: object) -> Complaint:
    """A complaint of two grievances, one of them upheld, ready to be answered."""
    one = decided(complaint(), Finding.UPHELD, compensations=compensations)
    return replace(one, grievances=(LATE, BILL), **changes)  # type: ignore[arg-type]


def composed(one: Complaint) -> Letter:
    return answer(one, SCHOOL, at=NOON, zone=PARIS)


def faults(one: Complaint, cripple: Callable[[str], str]) -> list[Fault]:
    """What is found once the letter was crippled."""
    letter = composed(one)
    body = cripple(letter.body)
    assert body != letter.body, "nothing was taken away"
    return lint(replace(letter, body=body), one, SCHOOL, [one, OTHER])


def without(*texts: str) -> Callable[[str], str]:
    """A letter from which these words were taken."""

    def cripple(body: str) -> str:
        for text in texts:
            body = body.replace(text, "")
        return body

    return cripple


def with_(text: str) -> Callable[[str], str]:
    """A letter to which these words were added."""
    return lambda body: body + text


def undated(body: str) -> str:
    return re.sub(r"Le lundi 2 mars 2026", "", body).replace("2 mars 2026", "l’autre jour")


CRIPPLED = [
    pytest.param(whole(LESSON), without("Bonjour Léa Martin,"), Fault.SALUTATION, id="salutation"),
    pytest.param(whole(LESSON), without("R-2026-0001"), Fault.REFERENCE, id="reference"),
    pytest.param(whole(LESSON), without(LATE.text), Fault.GRIEVANCE, id="grievance"),
    pytest.param(whole(LESSON), without(BILL.reason), Fault.REASON, id="reason"),
    pytest.param(
        whole(LESSON),
        lambda body: re.sub(r"fondée?", "", body),
        Fault.DECISION,
        id="decision",
    ),
    pytest.param(
        whole(LESSON), without("Un rappel la veille à chaque moniteur"), Fault.ACTIONS, id="actions"
    ),
    pytest.param(
        whole(REFUND),
        lambda body: re.sub(r"1.290,50", "", body),
        Fault.COMPENSATION,
        id="compensation",
    ),
    pytest.param(
        whole(), without("Nous n’y ajoutons pas de dédommagement."), Fault.COMPENSATION, id="none"
    ),
    pytest.param(whole(LESSON), without(MEDIATOR.name), Fault.MEDIATOR_NAME, id="mediator_name"),
    pytest.param(
        whole(LESSON), without(MEDIATOR.address), Fault.MEDIATOR_ADDRESS, id="mediator_address"
    ),
    pytest.param(
        whole(LESSON), without(MEDIATOR.website), Fault.MEDIATOR_WEBSITE, id="mediator_website"
    ),
    pytest.param(whole(LESSON), without("d’un an"), Fault.ONE_YEAR, id="one_year"),
    pytest.param(
        whole(LESSON, complainant=Complainant(name="Nord SARL", is_consumer=False)),
        with_(MEDIATOR.name),
        Fault.COMPANY,
        id="company_with_mediator",
    ),
    pytest.param(
        whole(LESSON, complainant=Complainant(name="Nord SARL", is_consumer=False)),
        without("solution amiable", "tribunal compétent"),
        Fault.COMPANY,
        id="company_without_a_way",
    ),
    pytest.param(whole(LESSON), undated, Fault.DATE, id="date"),
    pytest.param(whole(LESSON), without(SCHOOL.signatory), Fault.SIGNATORY, id="signatory"),
    pytest.param(whole(LESSON), without(SCHOOL.quality), Fault.QUALITY, id="quality"),
    pytest.param(
        whole(LESSON),
        with_("https://ec.europa.eu/consumers/odr"),
        Fault.DEAD_PLATFORM,
        id="dead_platform",
    ),
    pytest.param(
        whole(LESSON), with_("webgate.ec.europa.eu"), Fault.DEAD_PLATFORM, id="dead_webgate"
    ),
    pytest.param(whole(LESSON), with_("Comme à HUGO  Bernard."), Fault.OTHER_PERSON, id="name"),
    pytest.param(whole(LESSON), with_("hugo@home.test"), Fault.OTHER_PERSON, id="mail"),
    pytest.param(whole(LESSON), with_("+33 6 99 00 45 67"), Fault.OTHER_PERSON, id="phone"),
    pytest.param(whole(LESSON), with_("Le [date], {{ x }}"), Fault.PLACEHOLDER, id="placeholder"),
]


@pytest.mark.parametrize(("one", "cripple", "fault"), CRIPPLED)
def test_a_crippled_letter_is_refused_for_that_alone(
    one: Complaint, cripple: Callable[[str], str], fault: Fault
) -> None:
    """One thing taken away is one fault."""
    assert faults(one, cripple) == [fault]


def test_every_rule_has_its_crippled_letter() -> None:
    """A rule that no letter breaks would not be known to work."""
    assert {row.values[2] for row in CRIPPLED} == set(Fault)
    assert len(Fault) >= 12


@pytest.mark.parametrize("one", [row.values[0] for row in CRIPPLED])
def test_a_composed_letter_has_all_of_it(one: Complaint) -> None:
    """What the templates make may leave as it is."""
    assert lint(composed(one), one, SCHOOL, [one, OTHER]) == []


@pytest.mark.parametrize("finding", Finding)
@pytest.mark.parametrize("kind", CompensationKind)
def test_every_decision_passes(finding: Finding, kind: CompensationKind) -> None:
    """Whatever is found and given, the composed letter says it."""
    given = Compensation(
        number=1, kind=kind, amount=Decimal(20), quantity=2, words="Un café le samedi"
    )
    one = decided(complaint(), finding, compensations=(given,))

    assert lint(composed(one), one, SCHOOL, [one, OTHER]) == []


def test_the_same_thing_in_other_words_passes() -> None:
    """A manager may say it in their own way."""
    one = decided(complaint(), Finding.UPHELD, compensations=(REFUND,))
    own = f"""Madame,

Votre courrier R-2026-0001 : oui, votre leçon du mardi a bien été annulée sans vous prévenir.
C'est fondé : le planning montre cette annulation, une heure avant la leçon.
Chaque moniteur reçoit maintenant un rappel la veille. Nous vous remboursons 1290,50 euros.
Sinon : {MEDIATOR.name}, {MEDIATOR.address} ({MEDIATOR.website}), pendant 12 mois.

Montreuil, le 2 mars 2026. {SCHOOL.signatory}, {SCHOOL.quality}"""

    assert lint(replace(composed(one), body=own), one, SCHOOL, [OTHER]) == []


def test_who_complains_twice_may_be_named() -> None:
    """Their own name in another complaint is not somebody else's."""
    one = whole(LESSON)

    assert lint(composed(one), one, SCHOOL, [replace(OTHER, complainant=one.complainant)]) == []


def test_the_day_is_the_one_on_which_it_leaves() -> None:
    """A letter rewritten a week ago has another date."""
    one = whole(LESSON)
    old = replace(composed(one), created_at=at(9, day=9))

    assert lint(old, one, SCHOOL) == [Fault.DATE]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_says_how_it_is_mended(fault: Fault) -> None:
    """One sentence, for a person with a phone."""
    assert 30 < len(named(fault)) < 130
