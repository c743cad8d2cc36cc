"""Who writes the letters: the establishment as its clients know it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mediator:
    """The consumer mediator that the establishment belongs to (Code de la consommation, L616-1)."""

    name: str
    address: str
    website: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Establishment:
    """The establishment, as letters name it; `mediator` is None for one without consumers."""

    name: str
    address: str
    phone: str  # not surcharged: Code de la consommation, L121-16
    email: str
    signatory: str
    quality: str  # "Gérant"
    mail_domain: str  # the right-hand side of our Message-IDs
    website: str = ""
    privacy_url: str = ""
    siret: str = ""
    approval_number: str = ""  # of the prefecture, for a driving school
    activity_number: str = ""  # of a training centre: Code du travail, L6351-1
    logo: bytes = field(default=b"", repr=False)  # PNG, JPEG or SVG
    mediator: Mediator | None
