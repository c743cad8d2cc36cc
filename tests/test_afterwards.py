"""After the answer, in the whole application: from the first reminder to the closed complaint."""

from datetime import timedelta
from pathlib import Path

from app.settings import register_path
from bot.texts import label
from register.complaint import State
from register.database import Register
from register.extraction import Extraction, Source
from register.remedy import Verdict
from sandbox.clock import SandboxClock
from tests.answered import answered
from tests.complaints import complaint
from tests.desk import at
from tests.town import PATIENCE, living, of_kind, town

REFERENCE = "R-2026-0001"
AT_SITE = Extraction(is_complaint=True, source=Source(site="Robespierre"))
DAY = timedelta(days=1)


async def test_from_the_first_reminder_to_the_closed_complaint(tmp_path: Path) -> None:
    """A promise kept, the client asked and settled, the effect looked at twice, and closed."""
    clock = SandboxClock(at(10, day=16))
    async with town(tmp_path, clock) as place:
        config, camille = place.config(), place.manager
        register_path(config).parent.mkdir(parents=True)
        register = Register(register_path(config))
        register.save(answered(compensations=(), extraction=AT_SITE))
        register.save(complaint(reference="R-2026-0002", extraction=AT_SITE))
        register.close()
        async with living(config, clock) as application:
            await camille.sees("Cas non isolé", timeout=PATIENCE)
            reminder = await camille.sees("Promis aux clients", timeout=PATIENCE)
            await camille.presses(label("following.button_done"), on=reminder)
            asked = await camille.sees("Qu’est-ce qui le prouve", timeout=PATIENCE)
            await camille.sends("Consigne affichée à l’agence.")
            await camille.sees("est noté comme fait", timeout=PATIENCE, after=asked.serial)

            question = await place.letter(of_kind("satisfaction"))
            clock.advance(timedelta(hours=1))
            reply = {"in_reply_to": str(question["Message-ID"]), "subject": "Re: avis"}
            await place.delivers(place.mail("1", 2, **reply))
            await camille.sees("le client est satisfait", timeout=PATIENCE)

            mark = 0
            for days in (30, 61):
                clock.advance(days * DAY)
                checks = await camille.sees("ont-elles servi", timeout=PATIENCE, after=mark)
                await camille.presses(label("following.button_effective"), on=checks)
                judged = await camille.sees("est jugée efficace", timeout=PATIENCE, after=mark)
                mark = judged.serial
            await camille.sends(f"/dossier {REFERENCE}")
            await camille.presses(label("following.button_close"), timeout=PATIENCE)
            await camille.sees_toast(label("following.closed"), timeout=PATIENCE)
            one = application.register.get(REFERENCE)

    assert one
    assert one.state is State.CLOSED
    assert one.satisfaction
    assert one.satisfaction.verdict is Verdict.SETTLED
    assert [(it.days, it.before, it.after) for it in one.actions[0].checks] == [
        (30, 2, 0),
        (90, 2, 0),
    ]
