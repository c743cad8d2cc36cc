"""The client's opinion of the answer, by a button or by a word in the chat."""

from collections.abc import Callable
from datetime import datetime

from telegram import Message

from bot.downloads import sent_file
from bot.gathering import received, written
from bot.texts import say
from letters.verdicts import verdict_said
from register.complaint import Complaint
from register.database import Register, telegram
from register.opinions import awaits_opinion, with_opinion
from register.remedy import Verdict


class Opinion:
    """Takes what a client's chat says of an answer that was asked about."""

    def __init__(self, register: Register, clock: Callable[[], datetime]) -> None:
        self._register = register
        self._clock = clock

    def tapped(self, chat: str, reference: str, verdict: Verdict) -> Complaint | None:
        """The complaint with the opinion; None where that chat was never asked about it."""
        mine = self._register.by_address(telegram(chat))
        if not any(one.reference == reference and one.satisfaction for one in mine):
            return None
        now = self._clock()
        return self._register.update(reference, lambda one: with_opinion(one, verdict, now))

    def written(self, chat: str, message: Message) -> str | None:
        """What is said back to a message that is nothing but an opinion; None for any other.

        The message is kept with the complaint like every word of a client.
        """
        verdict = None if sent_file(message) else verdict_said(written(message))
        mine = self._register.by_address(telegram(chat))
        asked = next((one for one in mine if awaits_opinion(one)), None)
        if verdict is None or asked is None or self._register.draft(chat) is not None:
            return None
        now, kept = self._clock(), received(message)
        after = self._register.update(
            asked.reference, lambda one: with_opinion(one.with_message(kept), verdict, now)
        )
        return thanks(after, verdict)


def thanks(complaint: Complaint, verdict: Verdict) -> str:
    """What a client reads after an opinion: what happens next."""
    return say(f"opinion.thanks_{verdict}", reference=complaint.reference)
