"""A piece: a file that came in, was made or was added, kept beside the register."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A piece kept as a file beside the register, named by what it holds."""

    name: str  # safe to show and to save under
    sha256: str
    size: int  # bytes
    content_type: str
