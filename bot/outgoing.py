"""Letters that no courier can carry: tried again, or taken to the client some other way."""

from dataclasses import replace
from datetime import datetime

from bot import cards, keyboards
from bot.callbacks import Desk, UnknownButton
from bot.entry import reachable
from bot.notices import retry_event
from bot.office import Office
from bot.paper import Paper
from bot.screen import Screen
from bot.texts import label, say
from letters.dispatch import unstick
from register.complaint import Address, Complaint, IllegalStep, Letter, LetterKind, Refusal, State

ADDRESS = "address"  # the question for another address

_PROOFS = {
    "handed": "handed over by {who}",
    "read_out": "read out on the telephone by {who}",
    "otherwise": "done otherwise by {who}",
}


class Outgoing:
    """What the manager does about a letter that does not leave."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._paper = Paper(office)
        self.acts = {
            "retry": self.retry,
            "letter": self.show,
            "address": self.ask_address,
            **dict.fromkeys(_PROOFS, self.mark_done),
        }

    async def retry(self, screen: Screen, button: Desk) -> str:
        """Once more, as if for the first time, its PDF included."""
        fresh = await self._with_paper(*self._found(button))
        complaint, letter = self._found(button)
        if letter.is_sent:
            return label("manager.already_sent")
        now = self._office.clock()
        self._office.step(
            complaint.reference,
            lambda one: (
                _owed(one)
                .with_letter(unstick(replace(letter, attachments=fresh.attachments), now))
                .with_event(now, screen.who, retry_event(letter))
            ),
        )
        try:
            await self._tell(screen, "retried", complaint, letter)
        finally:
            self._office.changed()
        return label("manager.noted")

    async def mark_done(self, screen: Screen, button: Desk) -> str:
        """The client has it, by the manager's own hand or voice: that is the proof."""
        complaint, letter = self._found(button)
        if letter.is_sent:
            return label("manager.already_sent")
        now, proof = self._office.clock(), _PROOFS[button.action].format(who=screen.who)
        self._office.step(
            complaint.reference, lambda one: one.with_sent(letter.letter_id, now, proof)
        )
        self._office.changed()
        await self._tell(screen, "done_otherwise", complaint, letter)
        return label("manager.noted")

    async def show(self, screen: Screen, button: Desk) -> str:
        """The PDF of the letter, to be printed; its words, to be read out or copied."""
        complaint, letter = self._found(button)
        head = say("manager.letter_head", reference=complaint.reference, kind=cards.kind_of(letter))
        await screen.show(head)
        await self._paper.give(screen, complaint, letter)
        for page in cards.pages(letter.body):
            await screen.show(page)
        return ""

    async def ask_address(self, screen: Screen, button: Desk) -> str:
        """Another e-mail address for what this client is to receive."""
        complaint = self._office.complaint(button.reference)
        screen.keep()
        await screen.turn(say("manager.ask_address", reference=complaint.reference))
        self._office.ask(screen.telegram_id, complaint.reference, ADDRESS)
        return ""

    async def hear_address(self, screen: Screen, reference: str, text: str) -> None:
        """The address as the manager writes it: letters that wait leave for it."""
        known = reachable(text)
        if known is None or known.address is None:
            return await screen.show(say("manager.bad_address"))
        complaint, address = self._office.complaint(reference), known.address
        moved = [replace(one, to=address) for one in complaint.letters if not one.is_sent]
        fresh = [await self._with_paper(complaint, one) for one in moved]
        now = self._office.clock()
        after = self._office.step(
            reference, lambda one: _readdressed(one, address, fresh, now, screen.who)
        )
        self._office.changed()
        count = sum(not one.is_sent for one in after.letters)
        text = say("manager.address_noted", reference=reference, to=address.value, count=count)
        await screen.show(text, keyboards.open_card(reference))
        self._office.ask_nothing(screen.telegram_id)

    async def _tell(self, screen: Screen, text: str, complaint: Complaint, letter: Letter) -> None:
        words = say(
            f"manager.{text}",
            reference=complaint.reference,
            kind=cards.kind_of(letter),
            is_answer=letter.kind is not LetterKind.ACKNOWLEDGEMENT,
        )
        await screen.turn(words, keyboards.open_card(complaint.reference))

    async def _with_paper(self, complaint: Complaint, letter: Letter) -> Letter:
        """The letter with its PDF made anew: the file may be gone, or its address another one."""
        is_due = letter.attachments and not letter.is_sent
        return await self._paper.enclosed(complaint, letter) if is_due else letter

    def _found(self, button: Desk) -> tuple[Complaint, Letter]:
        complaint = self._office.complaint(button.reference)
        for letter in complaint.letters:
            if keyboards.number_of(complaint, letter) == button.choice:
                return complaint, letter
        raise UnknownButton(button.choice)


def _owed(complaint: Complaint) -> Complaint:
    """The same complaint. Raises IllegalStep where it was set aside: a letter held stays held."""
    if complaint.state is State.SET_ASIDE:
        raise IllegalStep(Refusal.OUT_OF_ORDER, complaint)
    return complaint


def _readdressed(
    complaint: Complaint, address: Address, fresh: list[Letter], at: datetime, who: str
) -> Complaint:
    """The complaint whose letters, those that wait included, go to that address."""
    pieces = {one.letter_id: one.attachments for one in fresh}
    reached = replace(complaint.complainant, address=address)
    after = replace(_owed(complaint), complainant=reached).with_event(at, who, ADDRESS)
    for letter in complaint.letters:
        if not letter.is_sent:
            enclosed = pieces.get(letter.letter_id, letter.attachments)
            waiting = unstick(replace(letter, to=address, attachments=enclosed), at)
            after = after.with_letter(waiting).with_event(at, who, retry_event(letter))
    return after
