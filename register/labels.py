"""The vocabulary: the codes that the reader finds and the register keeps.

The codes are for machines and stay as they are; what people see of them stands in templates. All
lists are closed but that of the motives, which an establishment can make longer.
"""

import re
from enum import StrEnum

OWN = "own_"
"""What the code of an establishment's own motive begins with: none of ours ever will."""

_OWN_CODE = re.compile(rf"{OWN}[a-z][a-z0-9_]{{0,23}}")  # fits a button of 64 bytes


class Motive(StrEnum):
    """Why they complain: the thirteen of this list, and own ones such as `Motive("own_meals")`.

    An own motive is made when its code is first met, in the configuration or in the register, so
    what was kept can be read whatever the configuration has become. From then on it is the one
    member of that code, as `enum.Flag` does it for combinations of flags: it compares by `is`,
    hashes, pickles and goes to JSON like the others, and no signature that says `Motive` changes.
    `list(Motive)` stays the thirteen that the reader's heads have learned.
    """

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

    @property
    def is_own(self) -> bool:
        """Whether the establishment has added it."""
        return self.value.startswith(OWN)

    @classmethod
    def _missing_(cls, value: object) -> "Motive | None":
        if not (isinstance(value, str) and _OWN_CODE.fullmatch(value)):
            return None
        made = str.__new__(cls, value)
        made._name_, made._value_ = value.upper(), str(value)
        known = cls._value2member_map_.setdefault(value, made)  # one member, whoever comes first
        assert isinstance(known, Motive)
        return known


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
