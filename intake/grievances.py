"""What a client complains of, grievance by grievance: a proposal to be corrected. Pure.

A text is cut into sentences and items of lists. Those that carry a reproach are grievances, those
next to each other on the same matter are one. The words stay the client's own: nothing is said
that they have not said. In doubt there is one grievance, which holds all that was told.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from letters.words import excerpt, sentence

MOST = 6  # grievances in one letter
LONGEST = 300  # characters of one
FEWEST = 4  # words of a sentence that reproaches nothing, and still belongs to a grievance
WRAPPED = 55  # characters of a line that a mail program may have broken

_ITEM = re.compile(r"\s*(?:[-–—•*·]|\(?\d{1,2}[.)°]|[a-f]\))\s+(?=\S)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_END = re.compile(r"(?<=[.!?…])(?<!\bM\.)(?<!\bMr\.)\s+(?=[«\"“A-ZÀ-Ý\d])")
_GREETING = re.compile(
    r"\s*(?:(?:(?:re)?bonjour|bonsoir|salut)\b(?:\s+(?:à tous|madame|monsieur|et))*\s*[,.!:;]*"
    r"|(?:madame|monsieur|messieurs|mesdames|chère?s?)(?:\s+(?:et|madame|monsieur))*\s*[,.!:;])\s*",
    re.IGNORECASE,
)


def _any_of(cues: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{cues})", re.IGNORECASE)


# A demand says what is expected, a courtesy nothing: neither is a grievance.
_DEMAND = _any_of(
    r"je (?:vous )?(?:demande|souhaite|voudrais|veux|réclame|exige|prie|remercie)"
    r"|nous (?:vous )?(?:demandons|souhaitons|voudrions|voulons|réclamons|exigeons|prions)"
    r"|j['’](?:attends|aimerais|exige|espère)|merci (?:de\b|d['’]|pour)"
    r"|rendez-moi|je vous propose|(?:pouvez|pourriez|voulez)-vous|dans l['’]attente"
    r"|cordialement|bien à vous"
)
_INTRODUCTION = re.compile(
    r"(?:je suis (?:la|le|un|une|l['’]|inscrit)|je m['’]appelle|je vous (?:écris|contacte)|voici)",
    re.IGNORECASE,
)
# The matters that people complain of, by what they call them.
_MATTERS = {
    "safety": _any_of(r"dangereu|danger\b|accident|sécurité|ceinture|freins?\b"),
    "respect": _any_of(
        r"cri(?:é|e|er|ait)\b|insult|injur|hurl|agressi|désagréable|humili|irrespect|impoli"
        r"|harc[eè]l|sexis|racis|moqu|son t[ée]l[ée]phone|sur son portable|m['’]a mal parlé"
        r"|propos déplacés"
    ),
    "bill": _any_of(
        r"factur|pay[ée]|débit|prélev|encaiss|rembours|tarif|prix\b|\d+ ?€|euros?\b|devis|arnaqu"
    ),
    "exam": _any_of(r"examen|convoc|passage du permis|présent(?:er|ation) à"),
    "papers": _any_of(r"dossiers?\b|ants\b|neph|attestation|document|inscription|contrat"),
    "answers": _any_of(
        r"ne (?:me |nous )?répond|répond(?:ent|ez)? (?:pas|jamais)|sans réponse|injoignable"
        r"|accueil|personne (?:au|à l)|secrétariat|relanc|rappel(?:le|er|é)"
    ),
    "lessons": _any_of(
        r"annul|report[ée]|déplacée|planning|créneau|retards?\b|leçons?\b|rendez-vous"
        r"|heures? de conduite|horaire|absen(?:t|ce)"
    ),
    "car": _any_of(r"voiture|véhicule|moto\b|panne|sale\b|climatisation|simulateur|locaux"),
    "teaching": _any_of(
        r"moniteur|monitrice|enseignant|formateur|formation|cours\b|explique|apprend|progress"
    ),
    "access": _any_of(r"handicap|fauteuil|dyslex|malentendant|aménagement"),
    "data": _any_of(r"données personnelles|rgpd|vie privée|à un autre (?:élève|client)"),
}
_REPROACH = _any_of(
    r"jamais|pas\b|personne|aucun|sans\b|encore|toujours|trop|(?:deux|trois|\d+) fois|mal\b"
    r"|mauvais|faux|fausse|erreur|annul|refus|retard|inadmissible|inacceptable|honte|scandal"
    r"|anormal|déçu|perdu|cri(?:é|e|er|ait)\b|insult|dangereu|sale\b|panne|attend|oubli|marre"
    r"|double|abus|arnaqu|menti|promis|harc[eè]l|moqu|son t[ée]l[ée]phone|débit|agressi"
    r"|désagréable|probl[eè]me|souci"
)
_HERALD = _any_of(r"probl[eè]me|souci")  # it says that a grievance comes, not which


class _Part(NamedTuple):
    """A sentence or an item, and the matter that it is about; "" where it names none."""

    text: str
    matter: str
    is_item: bool
    is_reproach: bool


def grievances(text: str) -> tuple[str, ...]:
    """The grievances of a text, one to six, in the client's words; none where there is no text."""
    told = [one for one in _parts(text) if not _is_demand(one) and _says_something(one)]
    grouped = _grouped(told)
    if len(grouped) > 1:
        return tuple(excerpt(one, LONGEST) for one in grouped)
    whole = _joined([one.text for one in told]) or _without(_GREETING, text)
    one = excerpt(whole, LONGEST)
    return (one,) if one else ()


def _says_something(part: _Part) -> bool:
    """Whether it is more than a name, a number or a courtesy."""
    return part.is_reproach or len(_WORD.findall(part.text)) >= FEWEST


def _is_demand(part: _Part) -> bool:
    """Whether it expects something, or only says who writes."""
    is_introduction = bool(_INTRODUCTION.match(part.text)) and not part.is_reproach
    return is_introduction or bool(_DEMAND.search(part.text))


def _parts(text: str) -> Iterator[_Part]:
    for line in _lines(text):
        is_item = bool(_ITEM.match(line))
        bare = _without(_GREETING, _without(_ITEM, line))
        for one in [bare] if is_item else _END.split(bare):
            if one.strip():
                yield _Part(one.strip(), _matter(one), is_item, bool(_REPROACH.search(one)))


def _without(start: re.Pattern[str], text: str) -> str:
    """The text without what it begins with; the same where it does not."""
    found = start.match(text)
    return text[found.end() :] if found else text


def _lines(text: str) -> Iterator[str]:
    """Paragraphs and items: a sentence that a mail program has wrapped is one line again."""
    for block in re.split(r"\n\s*\n", text.replace("\r", "")):
        held = ""
        for line in block.split("\n"):
            if held and not _goes_on(held, line):
                yield held
                held = ""
            held = f"{held} {line.strip()}".strip()
        if held:
            yield held


def _goes_on(held: str, line: str) -> bool:
    if _ITEM.match(line) or held.endswith((".", "!", "?", "…", ":", ";")):
        return False
    return len(held) > WRAPPED or line.strip()[:1].islower()


def _matter(text: str) -> str:
    """The matter that is named first; "" where the text only heralds one."""
    if _HERALD.search(text):
        return ""
    found = {name: match.start() for name, cue in _MATTERS.items() if (match := cue.search(text))}
    return min(found, key=lambda name: found[name]) if found else ""


def _grouped(parts: Iterable[_Part]) -> list[str]:
    """A reproach each: neighbours on one matter together, and what explains one with it."""
    groups: list[tuple[str, list[str]]] = []
    before: list[str] = []  # told before the first reproach: it belongs to it
    for one in parts:
        if not groups and not one.is_reproach:
            before.append(one.text)
        elif groups and _goes_with(one, groups[-1][0]):
            matter = groups[-1][0] or (one.matter if one.is_reproach else "")
            groups[-1] = (matter, [*groups[-1][1], one.text])
        else:
            groups.append((one.matter, [*before, one.text]))
            before = []
    while len(groups) > MOST:  # the last ones together: nothing is left out
        last = groups.pop()
        groups[-1][1].extend(last[1])
    return [_joined(texts) for _, texts in groups]


def _goes_with(part: _Part, matter: str) -> bool:
    if not part.is_reproach:
        return True
    return not part.is_item and (not matter or part.matter in ("", matter))


def _joined(texts: Sequence[str]) -> str:
    """One after the other; messages of a chat rarely end with a stop."""
    return " ".join([*map(sentence, texts[:-1]), *texts[-1:]])
