"""The client's desk, from the phone: gathered, filed, completed; nothing lost, nothing doubled."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.callbacks import Client, Desk
from bot.replies import tell
from bot.texts import label, say
from register.complaint import Attachment, State
from register.extraction import Extraction, Source
from register.labels import Channel
from register.people import Manager
from sandbox.clock import SandboxClock
from sandbox.person import Person
from sandbox.telegram import BotApi
from tests.counter import COMPLAINT, QUESTION, SILENCE, SOON, START, Counter

FILE, DONE = label("complainant.button_file"), label("complainant.button_done")
FOLLOW, ASK = label("complainant.button_follow"), label("complainant.button_ask")
SKIP, NEW = label("complainant.button_skip"), label("complainant.button_new")
ITS_ONE = label("complainant.button_its_a_complaint")
NOTED = say("complainant.noted")
PNG = b"\x89PNG\r\n\x1a\n-- a picture --"
STICKER = {
    "file_id": "S1",
    "file_unique_id": "S1",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
    "emoji": "🚗",
}
WORDS = "Ma leçon de mardi a été annulée sans prévenir."


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(START)


@pytest.fixture
async def api(clock: SandboxClock) -> AsyncIterator[BotApi]:
    async with BotApi(clock) as running:
        yield running


@pytest.fixture
async def counter(api: BotApi, clock: SandboxClock, tmp_path: Path) -> AsyncIterator[Counter]:
    desk = Counter(api, clock, tmp_path)
    await desk.open()
    yield desk
    await desk.close()


@pytest.fixture
def lea(api: BotApi) -> Person:
    return api.person(7, "Léa Martin")


async def file(counter: Counter, person: Person, *texts: str) -> None:
    """Write, and say that it is all."""
    for text in texts or (WORDS,):
        await person.sends(text)
    await counter.presses(person, DONE)


async def asked_for_a_contact(counter: Counter, person: Person) -> None:
    """A complaint of which nothing is known but the name."""
    counter.says = replace(COMPLAINT, source=Source())
    await file(counter, person)
    await person.sees(say("complainant.ask_contact"))


# -- the first screen -------------------------------------------------------------------------


async def test_the_first_screen_says_what_becomes_of_the_data(
    counter: Counter, lea: Person
) -> None:
    """/start shows who is there, the privacy notice with its link, and three ways on."""
    await lea.sends("/start")
    screen = await lea.sees("Auto-école du Parc")

    assert screen.labels == [FILE, FOLLOW, ASK]
    assert "Telegram" in screen.text
    assert "contact@school.test" in screen.text
    assert "https://school.test/donnees" in str(screen.raw["entities"])


# -- gathering --------------------------------------------------------------------------------


async def test_several_messages_become_one_complaint(counter: Counter, lea: Person) -> None:
    """What is written in pieces is registered whole when the client says so, and acknowledged."""
    await file(counter, lea, WORDS, "C’est la troisième fois.", "Je veux être remboursée.")
    complaint = counter.complaint(lea)

    assert complaint.text == f"{WORDS}\n\nC’est la troisième fois.\n\nJe veux être remboursée."
    assert (complaint.channel, complaint.complainant.name) == (Channel.TELEGRAM, "Léa Martin")
    assert counter.draft(lea) is None
    assert len(complaint.letters) == 1


async def test_the_acknowledgement_leaves_by_dispatch(counter: Counter, lea: Person) -> None:
    """The handler does not write it: the courier brings the letter and its proof is kept."""
    await file(counter, lea)
    assert counter.complaint(lea).state is State.RECEIVED
    await counter.dispatch.dispatch()
    letter = await lea.sees("accusé de réception ne préjuge pas")

    assert counter.complaint(lea).state is State.ACKNOWLEDGED
    assert counter.complaint(lea).letters[0].proof == f"telegram:7:{letter.id}"


async def test_only_the_first_message_of_a_draft_is_answered(counter: Counter, lea: Person) -> None:
    """One light word with the button, not one for each message."""
    for text in ("un", "deux", "trois"):
        await lea.sends(text)
    await counter.settled()

    assert lea.texts() == [NOTED]


async def test_an_album_keeps_its_pieces_and_captions(counter: Counter, lea: Person) -> None:
    """Each photo is a message of its own with its piece; the words under one are kept."""
    await lea.sends_photo(PNG, caption="La voiture, de face", media_group_id="a")
    await lea.sends_photo(PNG + b"2", media_group_id="a")
    await counter.presses(lea, DONE)
    complaint = counter.complaint(lea)

    assert [message.text for message in complaint.messages] == ["La voiture, de face", ""]
    assert [counter.pieces.read(piece) for piece in complaint.attachments] == [PNG, PNG + b"2"]
    assert lea.texts().count(NOTED) == 1


async def test_documents_and_voice_are_kept_with_their_names(counter: Counter, lea: Person) -> None:
    """A document keeps its name, a voice message gets one that ends as its kind does."""
    await lea.sends_file(b"%PDF-1.7", "contrat.pdf", "application/pdf", caption="Le contrat")
    voice = counter.api.messenger.store(b"OggS", "v.ogg", "audio/ogg")
    sent = await lea.sends_other(voice={**voice.as_document(), "duration": 3})
    await counter.presses(lea, DONE)

    assert [(one.name, one.content_type) for one in counter.complaint(lea).attachments] == [
        ("contrat.pdf", "application/pdf"),
        (f"voice-{sent.id}.oga", "audio/ogg"),
    ]


async def test_a_file_that_is_too_large_is_noted_and_asked_for_by_mail(
    counter: Counter, lea: Person
) -> None:
    """Telegram keeps what is over 20 MB from bots: the client hears it, the register shows it."""
    await lea.sends_file(bytes(20 * 2**20 + 1), "film.mp4", "video/mp4", caption="Voyez")
    await lea.sees(say("complainant.unfetchable", email="contact@school.test"))
    await counter.presses(lea, DONE)

    assert (
        counter.complaint(lea).text == "Voyez\n[Fichier trop lourd pour Telegram\u00a0: film.mp4]"
    )
    assert counter.complaint(lea).attachments == ()


async def test_what_is_no_text_is_noted_for_what_it_is(counter: Counter, lea: Person) -> None:
    """A place, a contact, a sticker: kept as words, since nothing that is sent is dropped."""
    await lea.sends_other(location={"latitude": 48.86, "longitude": 2.44})
    await lea.shares_contact("+33199001234")
    await lea.sends_other(sticker=STICKER)
    await lea.sends_other(dice={"emoji": "🎲", "value": 3})
    await counter.presses(lea, DONE)

    assert [message.text for message in counter.complaint(lea).messages] == [
        "[Position partagée\u00a0: 48.86, 2.44]",
        "[Contact partagé\u00a0: Léa Martin +33199001234]",
        "[Autocollant 🚗]",
        label("complainant.note_other"),
    ]


async def test_an_edit_is_kept_beside_what_it_changes(counter: Counter, lea: Person) -> None:
    """Before and after filing: the earlier wording stays, the later one joins it."""
    sent = await lea.sends("Rendez-moi 100 euros.")
    await lea.edits(sent, "Rendez-moi 1000 euros.")
    await counter.presses(lea, DONE)
    counter.clock.advance(timedelta(seconds=2))
    await lea.edits(sent, "Rendez-moi 900 euros.")
    await counter.settled()

    assert [message.text for message in counter.complaint(lea).messages] == [
        "Rendez-moi 100 euros.",
        "[Message modifié] Rendez-moi 1000 euros.",
        "[Message modifié] Rendez-moi 900 euros.",
    ]
    assert counter.draft(lea) is None


async def test_an_edit_of_what_was_set_aside_is_read_anew(counter: Counter, lea: Person) -> None:
    """The new wording may be the complaint: it is not dropped with the old one."""
    counter.says = QUESTION
    sent = await lea.sends("Vos horaires ?")
    await counter.presses(lea, DONE)
    counter.says = COMPLAINT
    await lea.edits(sent, WORDS)
    await counter.presses(lea, DONE)

    assert counter.complaint(lea).text == f"[Message modifié] {WORDS}"
    assert lea.texts().count(NOTED) == 2


async def test_silence_files_what_was_written(counter: Counter, lea: Person) -> None:
    """Who forgets the button is registered all the same; who is still writing is not cut off."""
    await lea.sends(WORDS)
    await counter.settled()
    counter.clock.advance(SILENCE - timedelta(minutes=1))
    await counter.desk.close_silent_drafts(counter.line.bot)
    assert counter.complaints(lea) == []
    await counter.silence_falls()
    await counter.silence_falls()

    assert counter.complaint(lea).text == WORDS
    assert len([text for text in lea.texts() if "R-2026-0001" in text]) == 1


async def test_silence_forgets_what_was_never_written(counter: Counter, lea: Person) -> None:
    """A button pressed and nothing after it leaves no trace."""
    await lea.sends("/start")
    await counter.presses(lea, FILE)
    assert counter.draft(lea) is not None
    await counter.silence_falls()

    assert counter.draft(lea) is None
    assert counter.complaints(lea) == []


async def test_one_draft_that_fails_keeps_no_other_waiting(
    counter: Counter, api: BotApi, lea: Person
) -> None:
    """A client who has blocked the bot is registered, and so is the next."""
    other = api.person(8, "Hugo Petit")
    await lea.sends(WORDS)
    await other.sends(WORDS)
    await counter.settled()
    await lea.blocks()
    await counter.silence_falls()

    assert counter.complaint(lea).text == counter.complaint(other).text == WORDS


# -- crashes ----------------------------------------------------------------------------------


async def test_a_draft_survives_a_restart(counter: Counter, lea: Person) -> None:
    """Half a complaint before, half after: one complaint, and one word about it."""
    await lea.sends("un")
    await counter.settled()
    await counter.close()
    await lea.sends("deux")
    await counter.open()
    await counter.presses(lea, DONE)

    assert counter.complaint(lea).text == "un\n\ndeux"
    assert lea.texts().count(NOTED) == 1


async def test_a_kill_while_a_piece_is_fetched_loses_nothing(counter: Counter, lea: Person) -> None:
    """The words are saved before the piece, and the piece is fetched again."""
    entered = asyncio.Event()
    loop = asyncio.get_running_loop()

    def dies(name: str, data: bytes, content_type: str) -> Attachment:
        loop.call_soon_threadsafe(entered.set)
        raise SystemError("killed")

    counter.keep = dies
    await lea.sends_photo(PNG, caption="La voiture")
    await asyncio.wait_for(entered.wait(), SOON)
    await counter.kill()
    counter.keep = counter.pieces.keep
    await counter.open()
    await counter.settled()
    draft = counter.draft(lea)

    assert draft is not None
    assert [(one.text, len(one.attachments)) for one in draft.messages] == [("La voiture", 1)]
    await lea.sees(NOTED)


async def test_a_full_disk_keeps_the_message_with_telegram(
    counter: Counter, lea: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be saved is not acknowledged; once there is room it is there once."""
    save, failures = counter.register.save_draft, [OSError(28, "full") for _ in range(5)]

    def full(draft: object) -> None:
        if failures:
            raise failures.pop()
        save(draft)  # type: ignore[arg-type]

    monkeypatch.setattr(counter.register, "save_draft", full)
    await lea.sends(WORDS)
    await counter.presses(lea, DONE)

    assert not failures
    assert counter.complaint(lea).text == WORDS


async def test_a_redelivered_message_is_kept_once(counter: Counter, lea: Person) -> None:
    """In a draft and after filing: the same message with its piece twice changes nothing."""
    sent = await lea.sends_photo(PNG, caption=WORDS)
    counter.api.messenger.updates.put("message", sent.raw)
    await counter.presses(lea, DONE)
    counter.api.messenger.updates.put("message", sent.raw)
    await counter.settled()

    assert len(counter.complaint(lea).messages) == 1
    assert len(counter.complaint(lea).attachments) == 1
    assert counter.draft(lea) is None


# -- filing -----------------------------------------------------------------------------------


async def test_a_second_tap_on_done_files_nothing(counter: Counter, lea: Person) -> None:
    """Two taps, one complaint, one question, a short word for the second."""
    await lea.sends(WORDS)
    screen = await lea.sees(NOTED)
    await lea.presses(DONE, on=screen)
    await lea.presses(DONE, on=screen)
    await counter.settled()

    assert len(counter.complaints(lea)) == 1
    assert lea.texts().count(say("complainant.ask_expectation")) == 1
    assert lea.toasts == [label("complainant.already_done")]
    assert [one for one in lea.from_bot() if DONE in one.labels] == []


async def test_what_was_announced_as_a_complaint_is_one(counter: Counter, lea: Person) -> None:
    """Who pressed the button for it is registered, whatever the reader makes of the words."""
    counter.says = QUESTION
    await lea.sends("/start")
    await counter.presses(lea, FILE)
    await file(counter, lea, "Bonjour")

    assert counter.complaint(lea).text == "Bonjour"


async def test_a_question_is_passed_on_and_can_be_recalled(counter: Counter, lea: Person) -> None:
    """Set aside, said so, and one tap makes a complaint of it, once."""
    counter.says = QUESTION
    await lea.sends("/start")
    await counter.presses(lea, ASK)
    await file(counter, lea, "Quels sont vos horaires ?")
    assert counter.complaints(lea) == []
    invitation, screen = lea.texts()[1], await lea.sees("votre message est transmis à l’équipe")
    for text in (invitation, screen.text):
        assert "01 99 00 12 34 ou contact@school.test" in text
    await lea.presses(ITS_ONE, on=screen)
    await lea.presses(ITS_ONE, on=screen)
    await counter.settled()

    assert counter.complaint(lea).text == "Quels sont vos horaires ?"
    assert lea.toasts == [label("complainant.already_done")]


async def test_who_has_an_open_complaint_chooses_where_the_words_go(
    counter: Counter, lea: Person
) -> None:
    """Added to the one that is open, by its button."""
    await file(counter, lea)
    await counter.presses(lea, SKIP)
    await file(counter, lea, "J’ai oublié : c’était avec M. Benali.")
    assert len(counter.complaints(lea)) == 1
    await counter.presses(lea, "Ajouter à R-2026-0001")

    assert counter.complaint(lea).text == f"{WORDS}\n\nJ’ai oublié : c’était avec M. Benali."
    assert counter.draft(lea) is None


async def test_or_a_new_complaint_begins(counter: Counter, lea: Person) -> None:
    """The other button, and the client's word counts above the reader's."""
    await file(counter, lea)
    await counter.presses(lea, SKIP)
    counter.says = QUESTION
    await file(counter, lea, "Autre chose.")
    await counter.presses(lea, NEW)

    assert [one.text for one in counter.complaints(lea)] == [WORDS, "Autre chose."]


async def test_silence_adds_to_the_newest_open_complaint(counter: Counter, lea: Person) -> None:
    """Without a choice, what was written joins what is open: nothing waits for ever."""
    await file(counter, lea)
    await counter.presses(lea, SKIP)
    await lea.sends("Encore une chose.")
    await counter.settled()
    await counter.silence_falls()

    assert counter.complaint(lea).text == f"{WORDS}\n\nEncore une chose."


@pytest.mark.parametrize("state", [State.ANSWERED, State.ACTIONS_FOLLOWED])
async def test_who_disagrees_with_an_answer_can_join_it(
    counter: Counter, lea: Person, state: State
) -> None:
    """The complaint that was answered is offered too, beside a new one."""
    await file(counter, lea)
    counter.register.save(replace(counter.complaint(lea), state=state))
    await file(counter, lea, "Je ne suis pas d’accord.")
    screen = await lea.sees(say("complainant.join_or_new"))
    assert screen.labels == ["Ajouter à R-2026-0001", NEW]
    await counter.presses(lea, "Ajouter à R-2026-0001")

    assert counter.complaint(lea).text == f"{WORDS}\n\nJe ne suis pas d’accord."


async def test_silence_adds_to_an_answered_complaint_but_not_to_a_closed_one(
    counter: Counter, lea: Person
) -> None:
    """What ended long ago takes nothing more: then it is a complaint of its own."""
    await file(counter, lea)
    counter.register.save(replace(counter.complaint(lea), state=State.ANSWERED))
    await lea.sends("Je ne suis pas d’accord.")
    await counter.settled()
    await counter.silence_falls()
    assert len(counter.complaint(lea).messages) == 2
    counter.register.save(replace(counter.complaint(lea), state=State.CLOSED))
    await lea.sends("Encore une annulation.")
    await counter.settled()
    await counter.silence_falls()

    assert [len(one.messages) for one in counter.complaints(lea)] == [2, 1]


# -- what is missing --------------------------------------------------------------------------


async def test_only_what_is_missing_is_asked_one_question_at_a_time(
    counter: Counter, api: BotApi
) -> None:
    """Each answer is kept where it belongs, and the last is thanked for."""
    counter.says = replace(COMPLAINT, source=Source())
    nameless = api.person(9, "…")
    await file(counter, nameless)
    for question, answer in (
        ("name", "Inès Moreau"),
        ("contact", "01 99 00 56 78"),
        ("when", "mardi dernier"),
        ("expectation", "une autre leçon"),
    ):
        await nameless.sees(say(f"complainant.ask_{question}"))
        await nameless.sends(answer)
    await nameless.sees("votre dossier R-2026-0001 est complet.")
    await counter.settled()
    complaint = counter.complaint(nameless)

    assert complaint.complainant.name == "Inès Moreau"
    assert complaint.complainant.contact == "01 99 00 56 78"
    assert (complaint.when, complaint.expectation) == ("mardi dernier", "une autre leçon")
    assert counter.draft(nameless) is None
    assert counter.register.supplement("9") is None


@pytest.mark.parametrize("skipped", [1, 2])
async def test_an_answer_that_names_a_manager_bars_them_at_once(
    counter: Counter, lea: Person, skipped: int
) -> None:
    """In the save that the answer comes in with: no card of it is shown in between."""
    counter.register.save_manager(Manager(telegram_id=100, name="Hugo Petit", paired_at=START))
    await asked_for_a_contact(counter, lea)
    for question in ("contact", "when")[:skipped]:
        await lea.sees(say(f"complainant.ask_{question}"))
        await counter.presses(lea, SKIP)
    await lea.sends("le jour où Hugo Petit m’a crié dessus")
    await counter.settled()

    assert counter.complaint(lea).barred == (100,)


async def test_every_question_can_be_skipped(counter: Counter, lea: Person) -> None:
    """Skipping asks the next; an old [Passer] skips nothing more."""
    counter.says = replace(COMPLAINT, source=Source())
    await file(counter, lea)
    first = await lea.sees(say("complainant.ask_contact"))
    await lea.presses(SKIP, on=first)
    await lea.presses(SKIP, on=first)
    await counter.settled()
    waiting = counter.register.supplement("7")

    assert waiting is not None
    assert (waiting.asking, waiting.waiting) == ("when", ("expectation",))
    assert lea.toasts == [label("complainant.already_done")]


async def test_who_skips_everything_is_not_told_that_all_is_there(
    counter: Counter, lea: Person
) -> None:
    """Registered it is, complete it is not."""
    await file(counter, lea)
    await counter.presses(lea, SKIP)

    await lea.sees("votre dossier R-2026-0001 est enregistré.")


@pytest.mark.parametrize("state", [State.ANSWERED, State.SET_ASIDE])
async def test_a_complaint_that_is_answered_or_set_aside_asks_nothing_more(
    counter: Counter, lea: Person, state: State
) -> None:
    """What is written then is no answer to an old question."""
    await file(counter, lea)
    await lea.sees(say("complainant.ask_expectation"))
    counter.register.save(replace(counter.complaint(lea), state=state))
    await lea.sends("Je ne suis pas d’accord.")
    await counter.settled()
    draft = counter.draft(lea)

    assert counter.complaint(lea).expectation == ""
    assert counter.register.supplement("7") is None
    assert draft is not None
    assert draft.messages[0].text == "Je ne suis pas d’accord."


async def test_what_has_no_words_of_its_own_answers_nothing(counter: Counter, lea: Person) -> None:
    """A sticker, a place: kept with the messages, and the question goes on waiting."""
    await file(counter, lea)
    await lea.sees(say("complainant.ask_expectation"))
    await lea.sends_other(sticker=STICKER)
    await lea.sends_other(location={"latitude": 48.86, "longitude": 2.44})
    await counter.settled()
    assert len(counter.complaint(lea).messages) == 3
    assert counter.complaint(lea).expectation == ""
    await lea.sends("Un remboursement.")
    await counter.settled()

    assert counter.complaint(lea).expectation == "Un remboursement."


@pytest.mark.parametrize(
    "words",
    [
        "01 99 00 56 78",
        "06/12/34/56/78",
        "mon numéro : +33 (0)1.99.00.56.78",
        "ines@mail.test",
        "Plutôt le soir.\nMon numéro : 0199005678",
    ],
)
async def test_a_number_or_an_address_is_a_contact(
    counter: Counter, lea: Person, words: str
) -> None:
    """The line that holds it is kept."""
    await asked_for_a_contact(counter, lea)
    await lea.sends(words)
    await lea.sees(say("complainant.ask_when"))

    assert counter.complaint(lea).complainant.contact == words.splitlines()[-1]


@pytest.mark.parametrize(
    "words", ["Et le moniteur était en retard.", "le 02.03.2026 à 14 h", "0199005678 " + "x" * 200]
)
async def test_what_is_no_contact_is_kept_and_the_question_put_once_more(
    counter: Counter, lea: Person, words: str
) -> None:
    """Twice at most: then the next question comes."""
    await asked_for_a_contact(counter, lea)
    await lea.sends(words)
    await lea.sees(say("complainant.ask_contact_again"))
    await lea.sends("Ce n’est pas la question.")
    await lea.sees(say("complainant.ask_when"))
    await counter.settled()
    complaint = counter.complaint(lea)

    assert complaint.complainant.contact == ""
    assert [one.text for one in complaint.messages[1:]] == [words, "Ce n’est pas la question."]
    assert lea.texts().count(say("complainant.ask_contact_again")) == 1


async def test_a_contact_given_at_the_second_asking_is_one(counter: Counter, lea: Person) -> None:
    """The question put again has the same answer, and can be skipped too."""
    await asked_for_a_contact(counter, lea)
    await lea.sends("Encore ceci.")
    screen = await lea.sees(say("complainant.ask_contact_again"))
    assert screen.labels == [SKIP]
    await lea.sends("01 99 00 56 78")
    await lea.sees(say("complainant.ask_when"))

    assert counter.complaint(lea).complainant.contact == "01 99 00 56 78"


async def test_a_story_is_no_day(counter: Counter, lea: Person) -> None:
    """A long text joins the complaint; the question goes on waiting for a short one."""
    story = "Tout a commencé le premier jour. " * 10
    await asked_for_a_contact(counter, lea)
    await counter.presses(lea, SKIP)
    await lea.sends(story)
    await lea.sees("C’est ajouté à votre dossier R-2026-0001.")
    await lea.sends("lundi")
    await lea.sees(say("complainant.ask_expectation"))

    assert counter.complaint(lea).when == "lundi"
    assert counter.complaint(lea).messages[1].text == story


async def test_an_answer_that_comes_twice_answers_one_question(
    counter: Counter, lea: Person
) -> None:
    """After a crash the same words come again: they are not taken for the next answer."""
    counter.says = replace(COMPLAINT, source=Source())
    await file(counter, lea)
    await lea.sees(say("complainant.ask_contact"))
    sent = await lea.sends("01 99 00 56 78")
    counter.api.messenger.updates.put("message", sent.raw)
    await counter.settled()
    complaint = counter.complaint(lea)

    assert (complaint.complainant.contact, complaint.when) == ("01 99 00 56 78", "")
    assert counter.register.supplement("7").asking == "when"  # type: ignore[union-attr]


async def test_a_question_that_waits_survives_a_restart(counter: Counter, lea: Person) -> None:
    """The answer given to the next process is still the answer."""
    await file(counter, lea)
    await lea.sees(say("complainant.ask_expectation"))
    await counter.close()
    await lea.sends("Un remboursement.")
    await counter.open()
    await counter.settled()

    assert counter.complaint(lea).expectation == "Un remboursement."


async def test_a_photo_sent_while_a_question_waits_joins_the_complaint(
    counter: Counter, lea: Person
) -> None:
    """It answers nothing, and the question goes on waiting."""
    await file(counter, lea)
    await lea.sees(say("complainant.ask_expectation"))
    await lea.sends_photo(PNG)
    await lea.sees("C’est ajouté à votre dossier R-2026-0001.")
    await counter.settled()

    assert len(counter.complaint(lea).attachments) == 1
    assert counter.register.supplement("7").asking == "expectation"  # type: ignore[union-attr]


async def test_what_is_written_days_later_is_no_answer(counter: Counter, lea: Person) -> None:
    """A question is forgotten after a day: new words are new words."""
    await file(counter, lea)
    await lea.sees(say("complainant.ask_expectation"))
    counter.clock.advance(timedelta(days=2))
    await lea.sends("Toujours rien !")
    await counter.settled()
    draft = counter.draft(lea)

    assert counter.complaint(lea).expectation == ""
    assert draft is not None
    assert draft.messages[0].text == "Toujours rien !"


# -- following --------------------------------------------------------------------------------


async def test_each_client_follows_their_own_complaints(
    counter: Counter, api: BotApi, lea: Person
) -> None:
    """Reference, day of reception, stage and day of the answer; nothing of others."""
    other = api.person(8, "Hugo Petit")
    await file(counter, other)
    await file(counter, lea)
    await lea.sends("/suivi")
    shown = await lea.sees("reçue le")

    assert "R-2026-0002, reçue le 2 mars 2026" in shown.text
    assert "Réponse au plus tard le jeudi 12 mars 2026." in shown.text
    assert "R-2026-0001" not in lea.screen()


async def test_who_has_nothing_to_follow_hears_so(counter: Counter, lea: Person) -> None:
    """The button says the same as the command."""
    await lea.sends("/start")
    await counter.presses(lea, FOLLOW)

    assert lea.texts()[-1] == say("complainant.nothing_to_follow")


@pytest.mark.parametrize("state", State)
def test_every_stage_has_its_words(state: State) -> None:
    """A stage without words would leave a client without an answer."""
    values = {"reference": "R-2026-0001", "received": "r", "due": "d", "answered": "a"}

    assert "R-2026-0001" in say(f"complainant.stage_{state}", **values)


# -- who may do what --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        Desk("set_aside", "R-2026-0001").pack(),  # a manager's
        Client("join", "R-2026-0001").pack(),  # somebody else's complaint
        Client("its_a_complaint", "1").pack(),  # somebody else's message
        Client("its_a_complaint", "x").pack(),
        Client("no_such_thing").pack(),
        "c:too:many:parts",
        "old",
    ],
)
async def test_a_forged_button_reaches_nothing(
    counter: Counter, api: BotApi, lea: Person, data: str
) -> None:
    """A stranger's tap is answered by a short word, and nobody's data has moved."""
    await file(counter, lea)
    counter.says = QUESTION
    await file(counter, api.person(10, "Nour Garnier"), "Vos horaires ?")
    before = counter.register.complaints(), counter.register.set_aside_messages()
    stranger = api.person(8, "Hugo Petit")
    await stranger.sends("/start")
    screen = await stranger.sees("Auto-école du Parc")
    await stranger.presses_data(data, on=screen)
    await counter.settled()

    assert stranger.toasts == [label("complainant.old_button")]
    assert (counter.register.complaints(), counter.register.set_aside_messages()) == before


async def test_who_has_become_a_manager_is_no_client_any_more(
    counter: Counter, lea: Person
) -> None:
    """The buttons of the client's desk that are still on the screen do nothing."""
    await lea.sends(WORDS)
    await counter.settled()
    await lea.sends(f"/gerant {counter.codes.issue()}")
    await counter.presses(lea, DONE)

    assert lea.toasts == [label("complainant.old_button")]
    assert counter.complaints(lea) == []


async def test_a_manager_s_command_from_a_stranger_is_a_client_s_message(
    counter: Counter, lea: Person
) -> None:
    """Never a command: it is kept like any other words."""
    await lea.sends("/ouvertes")
    await counter.settled()
    draft = counter.draft(lea)

    assert draft is not None
    assert draft.messages[0].text == "/ouvertes"


async def test_a_group_is_ignored(counter: Counter, lea: Person) -> None:
    """What is said in a group is nobody's complaint, a command included."""
    sent = await lea.sends("Bonjour")
    await counter.settled()
    group = {"id": -100, "type": "group", "title": "Les élèves"}
    for number, text in enumerate(("Bonjour", "/start", "/gerant 1234-5678")):
        counter.api.messenger.updates.put(
            "message", {**sent.raw, "message_id": 900 + number, "chat": group, "text": text}
        )
    await counter.settled()

    assert lea.texts() == [NOTED]
    assert [draft.chat for draft in counter.register.drafts()] == ["7"]


async def test_who_blocks_the_bot_is_registered_all_the_same(counter: Counter, lea: Person) -> None:
    """The reply cannot be sent; the complaint is there, and the duty to acknowledge with it."""
    await lea.sends(WORDS)
    await counter.settled()
    await lea.presses(DONE)
    await lea.blocks()
    await counter.settled()
    await counter.dispatch.dispatch()
    (letter,) = counter.complaint(lea).letters

    assert (letter.is_stuck, letter.trouble) == (True, "blocked")


async def test_a_reply_that_is_refused_raises_nothing(counter: Counter, lea: Person) -> None:
    """To a chat that is not there, as to one that has blocked the bot."""
    await lea.sends("/start")
    await counter.settled()

    assert await tell(counter.line.bot, "7", "Bonjour")
    assert not await tell(counter.line.bot, "404", "Bonjour")
    await lea.blocks()
    assert not await tell(counter.line.bot, "7", "Bonjour")


async def test_a_reader_that_finds_nothing_asks_everything_but_the_name(
    counter: Counter, lea: Person
) -> None:
    """An unread message is registered; the profile's name is enough."""
    counter.says = Extraction()
    await file(counter, lea)
    supplement = counter.register.supplement("7")

    assert supplement is not None
    assert (supplement.asking, *supplement.waiting) == ("contact", "when", "expectation")
