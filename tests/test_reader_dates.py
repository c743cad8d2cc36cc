"""The days that a text names, and the one of them on which something happened."""

from datetime import date

import pytest

from nlp_models.components.calendar import days_named
from nlp_models.components.dates import incident_date
from nlp_models.reading import fold

FRIDAY = date(2026, 11, 20)


def named(text: str) -> list[str]:
    """Give the days that a text of that Friday names."""
    return [day.on.isoformat() for day in days_named(fold(text), FRIDAY)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hier", "2026-11-19"),
        ("d'hier", "2026-11-19"),
        ("Hier soir à 18 h", "2026-11-19"),
        ("avant-hier matin", "2026-11-18"),
        ("avan hier", "2026-11-18"),
        ("aujourd'hui", "2026-11-20"),
        ("aujourdhui", "2026-11-20"),
        ("ajd", "2026-11-20"),
        ("ce matin", "2026-11-20"),
        ("cet aprem", "2026-11-20"),
        ("cette nuit", "2026-11-20"),
        ("tt a l'heure", "2026-11-20"),
        ("mardi", "2026-11-17"),
        ("samdi", "2026-11-14"),
        ("vendredi", "2026-11-20"),
        ("vendredi dernier", "2026-11-13"),  # a Friday writes of the Friday before
        ("vendredi matin passé", "2026-11-13"),
        ("mardi de la semaine dernière", "2026-11-10"),
        ("il y a 15 jours", "2026-11-05"),
        ("ya deux jours", "2026-11-18"),
        ("il y a une semaine", "2026-11-13"),
        ("le 3", "2026-11-03"),
        ("le 25", "2026-10-25"),  # never in the future of the message
        ("le 3 mars", "2026-03-03"),
        ("le 1er octobre", "2026-10-01"),
        ("le 14 décembre 2025", "2025-12-14"),
        ("jeudi 12", "2026-11-12"),
        ("ven 13", "2026-11-13"),
        ("lundi 14", "2026-09-14"),  # the last fourteenth that was a Monday
        ("lundi 5", "2026-10-05"),
        ("mardi, le 3 novembre", "2026-11-03"),  # one day, said twice
        ("hier jeudi", "2026-11-19"),
        ("le 12/09", "2026-09-12"),
        ("le 12/09/26", "2026-09-12"),
        ("le 12.09.2026", "2026-09-12"),
        ("2026-10-02", "2026-10-02"),
        ("yesterday", "2026-11-19"),
        ("last Tuesday", "2026-11-17"),
        ("last Friday", "2026-11-13"),
        ("on the 3rd", "2026-11-03"),
        ("3 March", "2026-03-03"),
        ("March 3rd", "2026-03-03"),
        ("Friday the 13th", "2026-11-13"),
        ("2 days ago", "2026-11-18"),
        ("two weeks ago", "2026-11-06"),
        ("anteayer", "2026-11-18"),
        ("el martes pasado", "2026-11-17"),
        ("el 3 de noviembre", "2026-11-03"),
        ("hace 3 días", "2026-11-17"),
        ("ontem", "2026-11-19"),
        ("sexta-feira passada", "2026-11-13"),
        ("na terça", "2026-11-17"),
        ("no dia 3", "2026-11-03"),
    ],
)
def test_resolves_a_day(text: str, day: str) -> None:
    """Words for a day are resolved against the day of the message."""
    assert named(text) == [day]


def test_keeps_days_apart() -> None:
    """Days in a row are each named."""
    assert named("lundi, mardi et le 12") == ["2026-11-16", "2026-11-17", "2026-11-12"]


@pytest.mark.parametrize(
    "text",
    [
        "la semaine dernière",
        "il y a deux mois",
        "le 31/02",
        "24/7",
        "le 3 rue des Lilas",
        "à 12h30",
        "le 2e étage",
        "1,5 heure",
        "le 3 fois",
        "07.08.09.10.11",
        "mon examen du 5 janvier",  # no year: the next one is meant
        "la mer et le sam",
    ],
)
def test_reads_no_day(text: str) -> None:
    """Weeks, hours, streets, telephones are no days."""
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ma leçon d'hier n'a pas eu lieu", "2026-11-19"),
        ("ce matin encore personne n'est venu", "2026-11-20"),
        ("Mardi dernier le moniteur a hurlé.", "2026-11-17"),
        ("vendredi il n'est pas venu", "2026-11-20"),
        ("Le 9 novembre, votre voiture m'a coupé la route.", "2026-11-09"),
        ("L'incident du 12 novembre dans votre agence", "2026-11-12"),
        ("le moniteur est arrivé en retard samedi", "2026-11-14"),
        ("On Monday the instructor was on his phone.", "2026-11-16"),
        ("Ayer la secretaria me gritó.", "2026-11-19"),
        ("Ontem o carro avariou na rotunda.", "2026-11-19"),
        ("lundi prochain", None),
        ("tous les mardis il est en retard", None),
        ("j'ai leçon le mardi", None),
        ("Depuis le 3 novembre personne ne répond.", None),
        ("Il me faut l'attestation avant le 12 novembre.", None),
        ("Nous sommes le 20 novembre et rien n'a bougé.", None),
        ("Pouvez-vous me confirmer le créneau de mardi ?", None),
        ("Merci, c'est possible samedi ?", None),
        ("née le 3 mars 2001, leçon annulée hier par le moniteur", "2026-11-19"),
        ("Inscrit le 2 janvier. Hier le moniteur m'a insultée.", "2026-11-19"),
        ("leçons annulées le 2, le 5, le 9 et le 12 novembre", None),
        ("stage du 2 au 7 novembre", None),
        ("rien", None),
    ],
)
def test_finds_the_day_of_the_facts(text: str, day: str | None) -> None:
    """Of the days of a text the one on which something happened is given, or none."""
    found = incident_date(fold(text), FRIDAY)

    assert day == (found.isoformat() if found else None)


def test_doubts_a_day_in_what_is_no_complaint() -> None:
    """The same words are a booking, or the facts of a complaint."""
    text = fold("la leçon de mardi avec Karim")

    assert incident_date(text, FRIDAY, complaint=0.9) == date(2026, 11, 17)
    assert incident_date(text, FRIDAY, complaint=0.1) is None


def test_never_gives_a_day_to_come() -> None:
    """A day after the message is not that of the facts, whatever is said of it."""
    assert incident_date(fold("Le 24/12/2026 le moniteur a crié."), FRIDAY) is None


@pytest.mark.parametrize(
    "text", ["9" * 24_000, "lundi " * 4_000, "le 3 " * 4_800, "12/09 " * 4_000, "mars" * 6_000]
)
def test_reads_hostile_text_in_a_moment(text: str) -> None:
    """A text of nothing but days ends, whatever it gives."""
    incident_date(fold(text), FRIDAY)
