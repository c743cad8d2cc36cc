"""A promise in a few French words, as lists and letters name it."""

from dataclasses import replace

from letters.words import amount, named
from register.remedy import Action, Compensation


def promised(promise: Action | Compensation) -> str:
    """Such as "Rappel la veille à chaque moniteur (Karim)", "Remboursement : 45,50 €"."""
    if isinstance(promise, Action):
        return f"{promise.what} ({promise.owner})" if promise.owner else promise.what
    value = amount(promise.amount) if promise.amount is not None else promise.quantity
    parts = (named(promise.kind), value, promise.words)
    return " : ".join(str(one) for one in parts if one not in (None, ""))


def unowned(promise: Action | Compensation) -> Action | Compensation:
    """The same without who sees to it: a client is not told the names of the team."""
    return replace(promise, owner="") if isinstance(promise, Action) else promise
