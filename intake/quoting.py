"""What a person newly wrote, told from the history below it and from the signature.

One pass over the lines, so that no text costs more than its length. In doubt a line stays in the
new text: history read twice does little harm, a grievance cut off does much.
"""

import re
from typing import NamedTuple

LONGEST_LINE = 400  # characters of a line that are looked at
LONGEST_SIGNATURE = 15  # lines
LONGEST_ATTRIBUTION = 4  # lines: programs wrap "On ..., ... wrote:"


class Split(NamedTuple):
    """A text in its three parts; `new` is empty only where the whole text is."""

    new: str
    quoted: str
    signature: str


def _one_of(*phrases: str, before: str = "", after: str = "") -> re.Pattern[str]:
    return re.compile(f"{before}({'|'.join(phrases)}){after}", re.IGNORECASE)


# "Le 3 mars 2026 à 10:12, Jean <jean@example.org> a écrit :", but not "Le 3, il m'a écrit :".
_ATTRIBUTION_START = _one_of("le", "on", "el", "em", "il", "am", after=r"\s")
_ATTRIBUTION_END = _one_of(
    r"(?<![’'])(?<!nous )(?<!vous )(?<!lui )\ba [ée]crit",
    "wrote",
    "escribi[óo]",
    "ha scritto",
    after=r"\s?:$",
)
_WHEN_OR_WHO = re.compile(r"\d.{0,300}?(\d[:h.]\d\d|@)")
_SEPARATOR = _one_of(
    "message d['’]origine",
    "(message|mail) original",
    "message (transféré|transfere|réexpédié)",
    "début du message (transféré|réexpédié)",
    "original message",
    "(begin )?forwarded message",
    "mensaje (original|reenviado)",
    before=r"[-_=*\s]{0,20}",
    after=r"\s?:?[-_=*\s]{0,20}",
)
_RULE = re.compile(r"\s*_{20,}\s*")  # Outlook's line above the history
_FROM = _one_of("de", "from", "expéditeur", "envoyé", before=r"[*\s]{0,3}", after=r"\s?:[*\s]")
_FIELD = _one_of(
    "de",
    "date",
    "envoyé( le)?",
    "[àa]",
    "destinataire",
    "objet",
    "cc",
    "sent",
    "to",
    "subject",
    "enviado",
    "fecha",
    "para",
    "asunto",
    before=r"[*\s]{0,3}",
    after=r"\s?:",
)
_DASHES = re.compile(r"--\s?")  # RFC 3676 s.4.3
_FOOTER = _one_of(
    "envoyé (de|depuis|à partir de) (mon|ma|l['’]appli|outlook|yahoo|gmail|courrier|mail)",
    "envoyé avec (mon|la messagerie|l['’]appli|proton)",
    "sent (from|with|via) (my|mail|outlook|yahoo|gmail|proton|the)",
    "enviado desde mi",
    r"provenance\s?:\s?courrier",
    "(télécharger|téléchargez|obtenir|obtenez|get) outlook",
    before=r"\W{0,3}",
    after=r"\b.{0,90}",
)
_DISCLAIMER = _one_of(
    r"ce (message|courriel|courrier|e-?mail)[^.]{0,80}\b(confidentiel|destin|exclusi|propriété)",
    "(avis|clause|note|mention) de confidentialité",
    r"(avant d['’]imprimer|n['’]imprimez ce|pensez à l['’]environnement)",
    "(garanti )?sans virus",
    "l['’]absence de virus",
    r"this (message|e-?mail)[^.]{0,80}\b(confidential|intended|privileged)",
    "confidentiality notice",
    "disclaimer",
    "please consider the environment",
    "virus-free",
    "este (mensaje|correo)[^.]{0,80}confidencial",
    before=r"[\W_]{0,5}",
)
_CLOSING = _one_of(
    "(bien |très )?cordialement( à vous)?",
    "(sincèrement|respectueusement|bien à vous|cdlt|cdt)",
    "((mes |nos )?(sincères|meilleures|respectueuses|cordiales) )?salutations( distinguées)?",
    "bonne (journée|soirée|réception|continuation)",
    "((best|kind|warm) )?regards",
    "yours (sincerely|faithfully)",
    "un saludo",
)
_POSTSCRIPT = re.compile(r"p\.?\s?-?s\.?\b", re.IGNORECASE)


def split(text: str) -> Split:
    """The new text, the history and the signature of a message."""
    lines = text.split("\n")
    fresh, history = _without_history(lines)
    body, signature = _without_signature(fresh)
    new = _joined(body)
    if not new:
        return Split(text.strip(), "", "")
    return Split(new, _joined(history), _joined(signature))


# -- history ----------------------------------------------------------------------------------


def _without_history(lines: list[str]) -> tuple[list[str], list[str]]:
    start = next((at for at in range(len(lines)) if _starts_history(lines, at)), len(lines))
    (quoted, fresh), below = _sorted(lines[:start]), lines[start:]
    if not below or not _is_prefixed(below):
        return fresh, quoted + below
    # Answers stand between the quoted lines, or below them.
    introduction = _attribution(below, 0) or 1
    history, answers = _sorted(below[introduction:])
    return fresh + answers, quoted + below[:introduction] + history


def _starts_history(lines: list[str], at: int) -> bool:
    line = lines[at][:LONGEST_LINE]
    if not line.strip() or line.startswith(">"):
        return False
    return bool(
        _SEPARATOR.fullmatch(line)
        or _attribution(lines, at)
        or _is_header_block(lines, at)
        or (_RULE.fullmatch(line) and _is_header_block(lines, _next_filled(lines, at)))
    )


def _attribution(lines: list[str], at: int) -> int:
    """How many lines "On ..., ... wrote:" takes, beginning here; 0 where it is not one."""
    sentence = ""
    for count, line in enumerate(lines[at : at + LONGEST_ATTRIBUTION], 1):
        sentence = f"{sentence} {line[:LONGEST_LINE].strip()}".strip()
        if not line.strip() or not _ATTRIBUTION_START.match(sentence):
            return 0
        if _ATTRIBUTION_END.search(sentence):
            return count if _WHEN_OR_WHO.search(sentence) else 0
    return 0


def _is_header_block(lines: list[str], at: int) -> bool:
    """Whether a copy of a mail's header begins here: a sender and two more fields."""
    if at >= len(lines) or not _FROM.match(lines[at][:LONGEST_LINE] + " "):
        return False
    return sum(1 for line in lines[at + 1 : at + 8] if _FIELD.match(line[:LONGEST_LINE])) >= 2


def _next_filled(lines: list[str], at: int) -> int:
    following = range(at + 1, min(at + 4, len(lines)))
    return next((one for one in following if lines[one].strip()), len(lines))


def _is_prefixed(history: list[str]) -> bool:
    """Whether the history has its lines marked with ">", so that others are not history."""
    taken = _attribution(history, 0) or 1
    first = next((line for line in history[taken : taken + 4] if line.strip()), "")
    return first.startswith(">")


def _sorted(lines: list[str]) -> tuple[list[str], list[str]]:
    quoted = [line for line in lines if line.startswith(">")]
    return quoted, [line for line in lines if not line.startswith(">")]


# -- signature --------------------------------------------------------------------------------


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    body, legal = _cut(lines, _disclaimer_at(lines))
    footers = [line for line in body if _is_footer(line)]
    body = [line for line in body if not _is_footer(line)]
    body, name = _cut(body, _signature_at(body))
    return body, [*name, *footers, *legal]


def _is_footer(line: str) -> bool:
    return len(line) <= 120 and bool(_FOOTER.fullmatch(line.strip()))


def _disclaimer_at(lines: list[str]) -> int:
    """Where the last disclaimer begins that only its own paragraph and short ones follow."""
    for at in range(max(1, len(lines) - 2 * LONGEST_SIGNATURE), len(lines)):
        begins_paragraph = not lines[at - 1].strip() or set(lines[at - 1].strip()) <= set("-_*=")
        if begins_paragraph and _DISCLAIMER.match(lines[at][:LONGEST_LINE]):
            return at
    return len(lines)


def _signature_at(lines: list[str]) -> int:
    last = next((at for at in range(len(lines), 0, -1) if lines[at - 1].strip()), 0)
    for at in range(max(0, last - LONGEST_SIGNATURE), last):
        line, rest = lines[at][:LONGEST_LINE].strip(), lines[at + 1 : last]
        if _DASHES.fullmatch(line):
            return at
        if _CLOSING.fullmatch(line.rstrip(" ,.!:")) and _is_calling_card(rest):
            return at
    return len(lines)


def _is_calling_card(lines: list[str]) -> bool:
    """Whether lines are names and numbers, rather than one more thing to say."""
    return all(
        len(line) <= 80 and "?" not in line and not _POSTSCRIPT.match(line.strip())
        for line in lines
    )


def _cut(lines: list[str], at: int) -> tuple[list[str], list[str]]:
    return lines[:at], lines[at:]


def _joined(lines: list[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
