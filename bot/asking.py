"""How a question of the interview looks: its words, what is known of it, and its buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.cards import SHORT, SHOWN, similar_cases
from bot.interview import (
    DONE,
    NONE,
    UNKNOWABLE,
    UNKNOWN,
    Asked,
    Question,
    grievance_of,
    mark,
    offered,
    question_before,
    questions,
    words_of,
)
from bot.keyboards import Row, button, known, pairs
from bot.promising import LATER, label_of
from bot.texts import label, say
from letters.lint import Fault
from letters.words import amount, excerpt, named, short_date
from register.complaint import ANSWERED_STATES, Complaint, Concern, Grievance
from register.labels import Severity
from register.remedy import Action, Compensation, CompensationKind

ON_A_BUTTON = 50  # signs
PAST = 3  # causes of closed cases that are offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a question is shown with: cases like it, who else is at it, who may be named."""

    similar: Sequence[Complaint] = ()
    others: Sequence[str] = ()
    owners: Sequence[tuple[int, str]] = ()  # a manager's number, or 0, and the name


def text(complaint: Complaint, asked: Asked, around: Around, noted: Question | None = None) -> str:
    """The words of a question, as Telegram HTML."""
    return say(
        "manager.asked",
        reference=complaint.reference,
        step=_step(complaint, asked),
        noted=label(f"manager.noted_{noted}") if noted else "",
        question=label(f"manager.ask_{asked.question}"),
        lines=_lines(complaint, asked, around),
        others=", ".join(around.others),
    )


def keyboard(complaint: Complaint, asked: Asked, around: Around) -> InlineKeyboardMarkup:
    """What can be tapped for a question, and the ways back, out, and around it."""
    reference = complaint.reference
    rows = [*_rows(complaint, asked, around)]
    if asked.question in UNKNOWABLE:
        rows.append([_tap(complaint, asked, UNKNOWN, label("manager.button_unknown"))])
    row = [known("later", reference)]
    if before := question_before(complaint, asked):
        row.insert(0, known("ask", reference, before.code))
    elif asked.question in (Question.BODY, Question.REASONS):
        row.insert(0, known("answer", reference))
    return InlineKeyboardMarkup([*rows, row])


def corrections(complaint: Complaint) -> InlineKeyboardMarkup:
    """A button to every question, from the preview."""
    asked = [*questions(complaint), Asked(Question.REASONS)]
    buttons = [button(_name(complaint, one), "ask", complaint.reference, one.code) for one in asked]
    return InlineKeyboardMarkup([*pairs(buttons), [known("answer", complaint.reference)]])


def mending(complaint: Complaint, faults: Sequence[tuple[Fault, Asked]]) -> list[Row]:
    """A button for each thing that keeps a letter back, to the question that mends it."""
    places = dict.fromkeys(asked for _, asked in faults)
    return [
        [
            button(
                label("manager.button_mend").format(_name(complaint, one)),
                "ask",
                complaint.reference,
                one.code,
            )
        ]
        for one in places
    ]


def past_causes(complaint: Complaint, similar: Sequence[Complaint]) -> list[tuple[str, str]]:
    """Causes that were found in closed cases of the motive: the reference, and the words."""
    known_ = {words_of(Asked(Question.CAUSES), one) for one in _causes(complaint)}
    found: dict[str, str] = {}
    for one in similar:
        causes = one.investigation.causes if one.investigation else ""
        if one.state in ANSWERED_STATES and causes and causes not in known_:
            found.setdefault(causes, one.reference)
    return [(reference, causes) for causes, reference in found.items()][:PAST]


def _causes(complaint: Complaint) -> tuple[str, ...]:
    return offered(complaint, Asked(Question.CAUSES))


# -- words ------------------------------------------------------------------------------------


def _step(complaint: Complaint, asked: Asked) -> str:
    """How far the interview is, such as "3/11"; empty for a question aside."""
    order = questions(complaint)
    return f"{order.index(asked) + 1}/{len(order)}" if asked in order else ""


def _name(complaint: Complaint, asked: Asked) -> str:
    """A question in two words; which grievance, where there are several."""
    words = label(f"manager.name_{asked.question}")
    numbered = asked.question in (Question.FINDING, Question.REASON, Question.GRIEVANCE)
    return f"{words} {asked.about}" if numbered and len(complaint.grievances) > 1 else words


def _lines(complaint: Complaint, asked: Asked, around: Around) -> list[Markup]:
    match asked.question:
        case Question.FACTS:
            return _pieces(complaint)
        case Question.CONCERNS:
            return [_weight(complaint)]
        case Question.ISOLATED:
            return [_part("isolated_similar", similar=similar_cases(around.similar))]
        case Question.GRIEVANCES:
            return [_grievance_line(one) for one in complaint.grievances]
        case Question.FINDING | Question.REASON | Question.GRIEVANCE:
            one = grievance_of(complaint, asked.number)
            return [_grievance_line(one)] if one else []
        case Question.IMMEDIATE | Question.ACTIONS:
            return [_action_line(one) for one in _actions(complaint, asked)]
        case Question.OWNER | Question.DUE:
            return [_action_line(one) for one in complaint.actions if one.number == asked.number]
        case Question.COMPENSATION:
            given = [_compensation_line(one) for one in complaint.compensations]
            return [*given, *_given_before(around.similar)]
    return []


def _pieces(complaint: Complaint) -> list[Markup]:
    pieces = complaint.investigation.pieces if complaint.investigation else ()
    return [_part("pieces_added", count=len(pieces))] if pieces else []


def _weight(complaint: Complaint) -> Markup:
    found = complaint.investigation
    concerns = (found.concerns if found else None) or ()
    return _part(
        "weight",
        severity=named(complaint.severity) if complaint.severity else "",
        concerns=[named(one) for one in concerns],
    )


def _grievance_line(one: Grievance) -> Markup:
    return _part(
        "grievance_line",
        number=one.number,
        text=excerpt(one.text, SHORT),
        finding=named(one.finding) if one.finding else "",
    )


def _actions(complaint: Complaint, asked: Asked) -> list[Action]:
    at_once = asked.question is Question.IMMEDIATE
    return [one for one in complaint.actions if one.is_immediate is at_once]


def _action_line(one: Action) -> Markup:
    due = short_date(one.due) if one.due else ""
    what = excerpt(one.what, SHORT)
    return _part("action_line", number=one.number, what=what, owner=one.owner, due=due)


def _compensation_line(one: Compensation) -> Markup:
    due = short_date(one.due) if one.due else ""
    return _part("compensation_line", number=one.number, what=given(one), due=due)


def _given_before(similar: Sequence[Complaint]) -> list[Markup]:
    """What was given in cases like this one that are closed."""
    cases = [one for one in similar if one.state in ANSWERED_STATES and one.outcome is not None]
    return [
        _part(
            "given_before",
            reference=one.reference,
            what=", ".join(map(given, one.compensations)) or label("manager.given_none"),
        )
        for one in cases[:SHOWN]
    ]


def given(one: Compensation) -> str:
    """A compensation in a few words."""
    if one.kind is CompensationKind.LESSONS:
        return f"{one.quantity or 1} × {named(one.kind).lower()}"
    what = amount(one.amount) if one.amount is not None else excerpt(one.words, SHORT)
    return f"{named(one.kind)} : {what}"


def _part(key: str, **values: object) -> Markup:
    return Markup(say(f"manager.{key}", **values))


# -- buttons ----------------------------------------------------------------------------------


def _rows(complaint: Complaint, asked: Asked, around: Around) -> list[Row]:
    match asked.question:
        case Question.CONCERNS:
            return _weighing(complaint, asked)
        case Question.CAUSES:
            return [*_offered(complaint, asked), *_past(complaint, asked, around)]
        case Question.FINDING:
            return [*pairs([row[0] for row in _offered(complaint, asked)]), *_ways(complaint)]
        case Question.GRIEVANCES:
            return _grouping(complaint, asked)
        case Question.IMMEDIATE | Question.ACTIONS:
            return _acting(complaint, asked)
        case Question.COMPENSATION:
            return _giving(complaint, asked)
        case Question.OWNER:
            return [[_tap(complaint, asked, str(of), name)] for of, name in around.owners]
        case Question.DUE | Question.GIVEN_BY:
            days = label("manager.button_in_days")
            return [[_tap(complaint, asked, str(one), days.format(one)) for one in LATER]]
        case Question.BODY if complaint.decision.body:
            return [[known("as_composed", complaint.reference)]]
    return _offered(complaint, asked)


def _offered(complaint: Complaint, asked: Asked) -> list[Row]:
    codes = offered(complaint, asked)
    return [[_tap(complaint, asked, code, words_of(asked, code))] for code in codes]


def _past(complaint: Complaint, asked: Asked, around: Around) -> list[Row]:
    found = past_causes(complaint, around.similar)
    return [
        [_tap(complaint, asked, reference, f"🔁 {excerpt(causes, ON_A_BUTTON)}")]
        for reference, causes in found
    ]


def _weighing(complaint: Complaint, asked: Asked) -> list[Row]:
    """The severities, the concerns as switches, and one button that agrees with both."""
    found = complaint.investigation
    concerns = (found.concerns if found else None) or ()
    severities = [
        _tap(complaint, asked, f"severity.{one}", _chosen(named(one), one is complaint.severity))
        for one in Severity
    ]
    switches = [
        _tap(
            complaint,
            asked,
            f"{'without' if one in concerns else 'with'}.{one}",
            _chosen(named(one), one in concerns),
        )
        for one in Concern
    ]
    return [[_done(complaint, asked)], *pairs(severities), switches]


def _chosen(words: str, is_chosen: bool) -> str:
    return f"✔ {words}" if is_chosen else words


def _ways(complaint: Complaint) -> list[Row]:
    """Where the only grievance is proposed and judged at once: to word it anew, or add another."""
    if len(complaint.grievances) != 1:
        return []
    asked = Asked(Question.FINDING, "1")
    return [
        [_tap(complaint, asked, one, label(f"manager.button_{one}")) for one in ("edit", "add")]
    ]


def _grouping(complaint: Complaint, asked: Asked) -> list[Row]:
    """For each grievance: word it anew, join it to the next, take it away."""
    rows, last = [], len(complaint.grievances)
    for one in complaint.grievances:
        number, seen = one.number, mark(one.text)
        row = [_tap(complaint, asked, f"edit.{number}", f"✏️ {number}")]
        if number < last:
            words = f"🔗 {number} + {number + 1}"
            row.append(_tap(complaint, asked, f"merge.{number}.{seen}", words))
        if last > 1:
            row.append(_tap(complaint, asked, f"drop.{number}.{seen}", f"🗑 {number}"))
        rows.append(row)
    add = _tap(complaint, asked, "add", label("manager.button_add"))
    return [[_done(complaint, asked)], *rows, [add]]


def _acting(complaint: Complaint, asked: Asked) -> list[Row]:
    """What is chosen, to be changed; what is offered; that it is all."""
    chosen = _actions(complaint, asked)
    rows = [[_done(complaint, asked)]] if chosen else []
    if asked.question is Question.IMMEDIATE and not chosen:
        rows = [[_tap(complaint, asked, NONE, label("manager.button_nothing_at_once"))]]
    for one in chosen:
        at = one.number
        row = [
            _tap(complaint, asked, f"owner.{at}", f"👤 {at}"),
            _tap(complaint, asked, f"due.{at}", f"📅 {at}"),
        ]
        if not one.is_fixed:
            row.append(_tap(complaint, asked, f"drop.{at}.{mark(one.what)}", f"🗑 {at}"))
        rows.append(row)
    return [*rows, *_offered(complaint, asked)]


def _giving(complaint: Complaint, asked: Asked) -> list[Row]:
    is_kept = complaint.answered_at is not None and complaint.compensations  # from an answer
    is_asked = complaint.decision.compensation_asked or is_kept
    rows = [[_done(complaint, asked)]] if is_asked else []
    for one in complaint.compensations:
        at = one.number
        seen = mark(label_of(one))
        row = [_tap(complaint, asked, f"due.{at}", f"📅 {at}")]
        if not one.is_fixed:
            row.append(_tap(complaint, asked, f"drop.{at}.{seen}", f"🗑 {at}"))
        rows.append(row)
    codes = offered(complaint, asked)
    buttons = [_tap(complaint, asked, code, _kind(asked, code)) for code in codes]
    return [*rows, *pairs(buttons)]


def _kind(asked: Asked, code: str) -> str:
    kind, _, much = code.partition(".")
    if code == NONE:
        return label("manager.given_none")
    if not much:
        return f"{named(CompensationKind(kind))}…"  # it asks on
    if kind == CompensationKind.LESSONS:
        return label(f"manager.compensation_lessons_{much}")
    return label("manager.button_refund_of").format(amount(Decimal(much)))


def _done(complaint: Complaint, asked: Asked) -> InlineKeyboardButton:
    return _tap(complaint, asked, DONE, label(f"manager.done_{asked.question}"))


def _tap(complaint: Complaint, asked: Asked, code: str, words: str) -> InlineKeyboardButton:
    return button(words, asked.question, complaint.reference, asked.choice(code))
