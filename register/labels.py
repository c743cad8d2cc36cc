"""The closed vocabulary: the codes that the reader finds and the register keeps.

The codes are for machines and stay as they are; what people see of them stands in templates.
"""

from enum import StrEnum


class Motive(StrEnum):
    """Why they complain."""

    SCHEDULING = "scheduling"
    EXAM = "exam"
    TEACHING = "teaching"
    CONDUCT = "conduct"
    BILLING = "billing"
    PAPERWORK = "paperwork"
    RECEPTION = "reception"
    VEHICLE = "vehicle"
    SAFETY = "safety"
    HARASSMENT = "harassment"
    ACCESSIBILITY = "accessibility"
    PRIVACY = "privacy"
    OTHER = "other"


class Severity(StrEnum):
    """How grave it is, from an annoyance to harm; members are in rising order."""

    LOW = "low"
    MODERATE = "moderate"
    SERIOUS = "serious"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for `low` to 3 for `critical`: codes compare as strings, gravity by rank."""
        return list(Severity).index(self)


class Role(StrEnum):
    """What the complainant is to the establishment."""

    STUDENT = "student"
    PARENT = "parent"
    FORMER_STUDENT = "former_student"
    COMPANY = "company"
    FUNDER = "funder"
    THIRD_PARTY = "third_party"


class Training(StrEnum):
    """The course concerned."""

    PERMIS_B = "permis_b"
    AAC = "aac"
    CS = "cs"
    BVA = "bva"
    MOTO = "moto"
    AM = "am"
    CODE = "code"
    REMORQUE = "remorque"
    POIDS_LOURD = "poids_lourd"
    POINTS = "points"
    OTHER = "other"


class Channel(StrEnum):
    """The way a complaint came in, or a letter goes out."""

    EMAIL = "email"
    TELEGRAM = "telegram"
    PHONE = "phone"
    POST = "post"
    DESK = "desk"
