"""What is found in a text, one thing a file.

Importing this package makes the spaCy factories known.
"""

from nlp_models.components import (
    amounts,
    complainant,
    complaint,
    contact,
    dates,
    judgement,
    language,
    motive,
    own_motives,
    references,
    role,
    severity,
    site,
    spans,
    staff,
    training,
)

__all__ = [
    "amounts",
    "complainant",
    "complaint",
    "contact",
    "dates",
    "judgement",
    "language",
    "motive",
    "own_motives",
    "references",
    "role",
    "severity",
    "site",
    "spans",
    "staff",
    "training",
]
