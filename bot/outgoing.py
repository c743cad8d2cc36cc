"""Letters that no courier can carry: tried again, or taken to the client some other way."""

from bot import cards, keyboards
from bot.callbacks import Desk, UnknownButton
from bot.notices import retry_event
from bot.office import Office
from bot.screen import Screen
from bot.texts import label, say
from letters.dispatch import unstick
from register.complaint import Complaint, Letter

_PROOFS = {
    "handed": "handed over by {who}",
    "read_out": "read out on the telephone by {who}",
    "otherwise": "done otherwise by {who}",
}


class Outgoing:
    """What the manager does about a letter that does not leave."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.acts = {
            "retry": self.retry,
            "letter": self.show,
            **dict.fromkeys(_PROOFS, self.mark_done),
        }

    async def retry(self, screen: Screen, button: Desk) -> str:
        """Once more, as if for the first time."""
        complaint, letter = self._found(button)
        if letter.is_sent:
            return label("manager.already_sent")
        now = self._office.clock()
        self._office.step(
            complaint.reference,
            lambda one: one.with_letter(unstick(letter, now)).with_event(
                now, screen.who, retry_event(letter)
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
        """The words of the letter, to be read out or copied."""
        complaint, letter = self._found(button)
        head = say("manager.letter_head", reference=complaint.reference, kind=cards.kind_of(letter))
        await screen.show(head)
        for page in cards.pages(letter.body):
            await screen.show(page)
        return ""

    async def _tell(self, screen: Screen, text: str, complaint: Complaint, letter: Letter) -> None:
        words = say(f"manager.{text}", reference=complaint.reference, kind=cards.kind_of(letter))
        await screen.turn(words, keyboards.open_card(complaint.reference))

    def _found(self, button: Desk) -> tuple[Complaint, Letter]:
        complaint = self._office.complaint(button.reference)
        for letter in complaint.letters:
            if keyboards.number_of(complaint, letter) == button.choice:
                return complaint, letter
        raise UnknownButton(button.choice)
