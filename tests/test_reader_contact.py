"""Where else the writer can be reached."""

import pytest

from nlp_models.components.contact import email_in, phone_in


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06 39 98 12 34", "+33639981234"),  # a range that no one is given
        ("01 99 00 12 34", "+33199001234"),
        ("0612345678", "+33612345678"),
        ("0612 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("06-12-34-56-78", "+33612345678"),
        ("06/12/34/56/78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("00 33 6 12 34 56 78", "+33612345678"),
        ("+34 612 345 678", "+34612345678"),
        ("+44 7700 900123", "+447700900123"),
        ("Léa Martin\n06 12 34 56 78", "+33612345678"),
        ("rappelez-moi au 06 12 34 56 78", "+33612345678"),
        ("dossier 4501238877", None),
        ("dossier 0612345678", None),
        ("NEPH 061234567890", None),
        ("SIRET 012 345 678 00012", None),
        ("FR76 3000 6000 0112 3456 7890 189", None),
        ("le 12/09/2026", None),
        ("01/02/2026 03 04", None),
        ("1 290 €", None),
        ("06 12 34", None),
    ],
)
def test_finds_a_phone(text: str, phone: str | None) -> None:
    """A number is given in E.164; numbers of papers and accounts are none."""
    assert phone == phone_in(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("j'ai appelé le 01 44 55 66 77 sans réponse", None),
        ("appelé au 01 44 55 66 77, mon numéro est le 06 12 34 56 78", "+33612345678"),
        ("En cas d'urgence, ma collègue : 01 44 55 66 77", None),
        ("Standard 01 44 55 66 77\nLigne directe 01 44 55 66 78", "+33144556678"),
        ("Tél. 01 44 55 66 77\n06 12 34 56 78", "+33612345678"),
        ("je suis injoignable le soir, tel 06 12 34 56 78", "+33612345678"),
    ],
)
def test_prefers_the_writers_own(text: str, phone: str | None) -> None:
    """A number that the writer rang is not theirs; of their own the mobile comes first."""
    assert phone == phone_in(text)


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Écrivez-moi à lea.martin@example.org.", "lea.martin@example.org"),
        ("Répondez plutôt sur lea@example.org", "lea@example.org"),
        ("Léa Martin\nlea@example.org", "lea@example.org"),
        ("par écrit : lea@example.org", "lea@example.org"),
        ("mon adresse est lea@example.net", None),  # the sender's own
        ("LEA@example.net", None),
        ("j'ai écrit à accueil@ecole.example", None),
        ("Could not be delivered to: karim@example.org", None),  # a bounce
        ("pas d'adresse", None),
    ],
)
def test_finds_another_address(text: str, email: str | None) -> None:
    """An address of the writer that differs from the sender's is found."""
    assert email == email_in(text, "lea@example.net")


@pytest.mark.parametrize("text", ["0" * 24_000, "06 " * 8_000, "a@" * 12_000, "+1" * 12_000])
def test_reads_hostile_text_in_a_moment(text: str) -> None:
    """A text of nothing but figures ends, whatever it gives."""
    phone_in(text)
    email_in(text, "")
