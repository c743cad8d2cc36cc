"""What the register shows for itself: each event that the code writes has its words."""

import ast
from collections.abc import Iterable
from dataclasses import replace

import pytest

from bot.interview import UNKNOWABLE
from bot.outgoing import _PROOFS
from letters.evidence import actor, deed, means, proof
from letters.words import texts
from register.complaint import Address, Letter, LetterKind
from register.labels import Channel
from tests.complaints import LEA, NOON
from tests.test_architecture import ROOT, modules

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef

VOCABULARIES: dict[str, set[str]] = {"kind": set(LetterKind), "question": set(UNKNOWABLE)}
"""What an attribute of that name may be: of a letter, and of what the investigation asks."""

ANY = "*"  # stands for a value that is known only when it happens

LETTER = Letter(
    letter_id="R-2026-0001.answer.1",
    kind=LetterKind.ANSWER,
    to=LEA,
    subject="Réponse",
    body="Bonjour",
    created_at=NOON,
    sent_at=NOON,
)


# -- which codes there are --------------------------------------------------------------------


class Codes:
    """Reads from the source which codes `with_event` is given, wherever that stands."""

    def __init__(self) -> None:
        trees = [ast.parse(file.read_text(encoding="utf-8")) for file in modules()]
        self._nodes = [node for tree in trees for node in ast.walk(tree)]
        self._functions = [one for one in self._nodes if isinstance(one, FUNCTION)]
        self._tree_of = {one: tree for tree in trees for one in ast.walk(tree)}
        self._calls = [
            (node, function)
            for function in self._functions
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
        ]

    def all(self) -> set[str]:
        """Every code, `*` for what only the run will tell."""
        return {
            code
            for call, scope in self._calls
            if _name(call.func) == "with_event"
            for code in self._values(_argument(call, "what", 2), scope)
        }

    def _given(self, function: Function, parameter: str) -> set[str]:
        """What a function is given for a parameter, by all who call it: nobody, nothing."""
        parameters = [one.arg for one in function.args.args if one.arg != "self"]
        place, home = parameters.index(parameter), self._tree_of[function]
        return {
            code
            for call, scope in self._calls
            if _name(call.func) == function.name
            and (self._tree_of[scope] is home or not function.name.startswith("_"))
            for code in self._values(_argument(call, parameter, place), scope)
        }

    def _values(self, node: ast.expr, scope: Function) -> set[str]:
        """What an expression may be; one that cannot be read here fails: teach it."""
        match node:
            case ast.Constant(value=str(code)):
                return {code}
            case ast.JoinedStr(values=parts):
                return self._joined(parts, scope)
            case ast.Attribute(attr=attribute) if attribute in VOCABULARIES:
                return VOCABULARIES[attribute]
            case ast.FormattedValue(value=value):
                return self._put_in(value, scope)
            case ast.IfExp(body=one, orelse=other):
                return self._values(one, scope) | self._values(other, scope)
            case ast.Call(func=ast.Name(id=function)):
                return self._returned(function)
            case ast.Name(id=name):
                return self._named(name, scope)
        raise AssertionError(f"cannot tell which code this is: {ast.unparse(node)}")

    def _put_in(self, node: ast.expr, scope: Function) -> set[str]:
        """What stands in the braces of a text."""
        match node:
            case ast.Attribute(attr=attribute) if attribute in VOCABULARIES:
                return VOCABULARIES[attribute]
            case ast.Name(id=name) if _assigned(name, scope.body):
                return self._named(name, scope)
        return {ANY}

    def _joined(self, parts: list[ast.expr], scope: Function) -> set[str]:
        found = {""}
        for part in parts:
            found = {head + tail for head in found for tail in self._values(part, scope)}
        return found

    def _returned(self, function: str) -> set[str]:
        returns = [
            (one.value, scope)
            for scope in self._functions
            if scope.name == function
            for one in ast.walk(scope)
            if isinstance(one, ast.Return) and one.value
        ]
        assert returns, f"no function {function}"
        return {code for one, scope in returns for code in self._values(one, scope)}

    def _named(self, name: str, scope: Function) -> set[str]:
        """What a name stands for: set in the function, given to it, or a constant of a module."""
        values = _assigned(name, scope.body)
        if not values and name in [one.arg for one in scope.args.args]:
            return self._given(scope, name)
        values = values or _assigned(name, self._nodes)
        assert values, f"no constant {name}"
        return {code for one in values for code in self._values(one, scope)}


def _assigned(name: str, nodes: Iterable[ast.AST]) -> list[ast.expr]:
    """What these statements set a name to, where that is a text."""
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        and [_name(target) for target in node.targets] == [name]
        and isinstance(node.value, ast.Constant | ast.JoinedStr | ast.IfExp)
    ]


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", None) or getattr(node, "id", "")


def _argument(call: ast.Call, parameter: str, place: int) -> ast.expr:
    named = [one.value for one in call.keywords if one.arg == parameter]
    return named[0] if named else call.args[place]


CODES = sorted(Codes().all())


def test_the_codes_are_found() -> None:
    """Those that are written plainly, put together, and named by another module."""
    assert {"registered", "answer:queued", "motive:*", "acknowledgement:retry", "address"} <= set(
        CODES
    )


@pytest.mark.parametrize("code", CODES)
def test_every_event_has_its_words(code: str) -> None:
    """A manager and an auditor read a sentence, never a code."""
    assert code in texts("evidence")["what"], "add its words to letters/templates/fr/evidence.toml"


def test_events_are_made_in_one_place() -> None:
    """`Event` is called by `with_event` alone, so the codes above are all there are."""
    makers = [
        file.relative_to(ROOT).as_posix()
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Event"
    ]

    assert makers == ["register/complaint.py"]


# -- how they are told ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("confirmed", "a confirmé le motif et la gravité"),
        ("motive:billing", "a retenu le motif «\u00a0Facturation et remboursement\u00a0»"),
        ("severity:low", "a porté la gravité à «\u00a0Légère\u00a0»"),
        # an own motive that the configuration no longer has, one of a newer program
        ("motive:own_meals", "a retenu le motif «\u00a0Meals\u00a0»"),
        ("motive:Parking lot", "a retenu le motif «\u00a0Parking lot\u00a0»"),
        ("verdict:contested", "a donné l’avis du client\u00a0: «\u00a0Conteste la réponse\u00a0»"),
        (
            "holding:2026-03-20",
            "a reporté la réponse au 20 mars 2026, en le disant au client",
        ),
        ("action_due:2:2026-03-20", "a reporté la mesure n°\u00a02 au 20 mars 2026"),
        ("checked:1:30", "a vérifié l’effet de la mesure n°\u00a01, à 30 jours"),
        # what no program of ours has written
        ("holding:2026-13-45", "a reporté la réponse au 2026-13-45, en le disant au client"),
        # codes of a newer program
        ("effect_checked", "a noté\u00a0: effect checked"),
        ("effect_checked:not_yet", "a noté\u00a0: effect checked not yet"),
    ],
)
def test_a_deed_in_words(code: str, words: str) -> None:
    """Codes of today read as sentences, those of tomorrow are legible."""
    assert deed(code) == words


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("system", "Le logiciel"),
        ("client", "Le client"),
        ("manager:7", "Responsable n°\u00a07"),
        ("night_watch", "night watch"),
    ],
)
def test_an_actor_by_role(who: str, words: str) -> None:
    """Nobody is named."""
    assert actor(who) == words


@pytest.mark.parametrize("way", _PROOFS)
def test_what_was_handed_over_is_told_in_french(way: str) -> None:
    """The proof that the register holds for a letter that no courier took is read again."""
    by_hand = replace(LETTER, proof=_PROOFS[way].format(who="manager:7"))

    assert means(by_hand) == texts("evidence")["by_hand"][way]
    assert proof(by_hand) == f"{means(by_hand)}, selon Responsable n°\u00a07"
    assert proof(by_hand, lambda who: "Jeanne").endswith(", selon Jeanne")


def test_the_proof_of_a_courier() -> None:
    """A mail by its Message-ID and the server's word, a chat by the numbers of its messages."""
    mail = replace(LETTER, proof="<R-2026-0001.answer.1@school.test> 250 OK")
    chat = replace(LETTER, to=Address(Channel.TELEGRAM, "42"), proof="telegram:42:7,8")

    assert (means(mail), proof(mail)) == ("e-mail", "<R-2026-0001.answer.1@school.test> 250 OK")
    assert (means(chat), proof(chat)) == ("Telegram", "Telegram, conversation 42, message 7, 8")
    assert proof(LETTER) == ""
