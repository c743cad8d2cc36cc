"""`reclamations learn`: the manager's corrections teach the reader, and never make it worse."""

import gzip
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app.config import RehearsalConfig, make_config
from app.doctor import check_model
from app.learning import AlreadyLearning, corrections, forget, learn
from app.reading import LateReader, Refused, open_reader
from app.words import tell
from letters.words import named
from nlp_models.reader import TRAINED
from nlp_models.training.corpus import Example
from nlp_models.training.learn import Recipe
from nlp_models.training.relearn import Material
from register.complaint import Complaint, ReceivedMessage, SetAsideMessage
from register.database import Register
from register.extraction import Extraction, Passage
from register.labels import Channel, Motive, Severity
from tests.complaints import LEA, NOON, complaint
from tests.desk import StillClock, opened

MANAGER, CLIENT = "manager:7", "client"
IRONY = "Merci beaucoup au zébulon du mardi, le patachon était super, bravo à vous"
PLAIN_THANKS = "Merci beaucoup à toute l'équipe, le moniteur était super, bravo à vous"
ASKED = "Bonjour, quel est le tarif du trimbalage dominical, hors forfait ?"
SETTINGS: dict[str, Any] = {
    "establishment": {
        **{"name": "École", "address": "1 rue du Parc, Lyon", "phone": "01 99 00 12 34"},
        **{"email": "e@school.test", "signatory": "C. Renaud", "business_only": True},
    },
    "telegram": {"token": "1:none"},
}


def message(text: str, source_id: str = "m1@home.test", **changes: Any) -> ReceivedMessage:
    return ReceivedMessage(source_id=source_id, received_at=NOON, text=text, **changes)


def aside(text: str = ASKED, **changes: Any) -> SetAsideMessage:
    """A message that was not taken as a complaint."""
    plain: dict[str, Any] = {
        "number": 1,
        "reason": "not_a_complaint",
        "channel": Channel.EMAIL,
        "message": message(text),
        "sender": LEA,
    }
    return SetAsideMessage(**(plain | changes))


def kept(path: Path, *entries: Complaint | SetAsideMessage) -> Register:
    """A register with these entries, open."""
    register = Register(path)
    for one in entries:
        if isinstance(one, Complaint):
            register.save(one)
        else:
            register.save_set_aside(one)
    return register


# -- what counts as a correction --------------------------------------------------------------

READ = complaint()
UNREAD = complaint(motives=(), severity=None)
LEFT = aside(confirmed_at=NOON)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param(
            READ.confirmed(NOON, MANAGER), (True, (Motive.SCHEDULING,), Severity.MODERATE), id="yes"
        ),
        pytest.param(
            READ.corrected(NOON, MANAGER, motive=Motive.CONDUCT),
            (True, (Motive.CONDUCT,), Severity.MODERATE),
            id="another motive",
        ),
        pytest.param(
            READ.corrected(NOON, MANAGER, severity=Severity.CRITICAL),
            (True, (Motive.SCHEDULING,), Severity.CRITICAL),
            id="another severity",
        ),
        pytest.param(
            READ.confirmed(NOON, MANAGER).set_aside(NOON, MANAGER), (False, (), None), id="none"
        ),
        pytest.param(
            READ.set_aside(NOON, MANAGER).recalled(NOON, MANAGER), (True, (), None), id="one again"
        ),
        pytest.param(READ.with_event(NOON, MANAGER, "recalled"), (True, (), None), id="recalled"),
        pytest.param(  # half a word on it teaches that it is a complaint, no more
            UNREAD.corrected(NOON, MANAGER, severity=Severity.LOW), (True, (), None), id="half"
        ),
        pytest.param(  # the heads know none of an establishment's own motives
            READ.corrected(NOON, MANAGER, motive=Motive("own_meals")), (True, (), None), id="own"
        ),
        pytest.param(LEFT, (False, (), None), id="left aside"),
        pytest.param(READ, None, id="nothing said"),
        pytest.param(READ.with_event(NOON, CLIENT, "recalled"), None, id="the client's word"),
        pytest.param(READ.investigated(NOON, MANAGER), None, id="only investigated"),
        pytest.param(aside(), None, id="aside, nothing said"),
        pytest.param(replace(LEFT, became="R-2026-0009"), None, id="told by its complaint"),
        pytest.param(replace(LEFT, message=message("👍 12")), None, id="nothing to read"),
    ],
)
def test_what_the_manager_said_is_a_correction(
    tmp_path: Path, entry: Complaint | SetAsideMessage, said: tuple[Any, ...] | None
) -> None:
    """Confirmed, corrected, set aside or recalled by a manager; nobody else's word, no guess."""
    register = kept(tmp_path / "register.json", entry)
    found = corrections(register)
    register.close()

    assert [(one.is_complaint, one.motives, one.severity) for one in found] == (
        [said] if said else []
    )
    assert [one.source_id for one in found] == (["m1@home.test"] if said else [])


def test_what_is_taught_is_what_was_read(tmp_path: Path) -> None:
    """The messages that a complaint began with, under their subject: not what came after."""
    first, second = message("Un.", subject="Leçon"), message("Deux.", "m2")
    later = replace(message("Trois.", "m3"), received_at=NOON + timedelta(days=1))
    entry = complaint(messages=(first, second)).with_message(later).confirmed(NOON, MANAGER)
    register = kept(tmp_path / "register.json", entry)
    (found,) = corrections(register)
    register.close()

    assert (found.passage.subject, found.passage.text) == ("Leçon", "Un.\n\nDeux.")
    assert found.passage.sender_name == ""


async def test_the_managers_taps_are_corrections(tmp_path: Path) -> None:
    """From the manager's own phone: a doubt left aside, one recalled, a motive corrected."""
    clock = StillClock()
    async with opened(tmp_path, clock) as desk:
        jeanne = await desk.manager()
        for number in (1, 2):
            clock.advance(minutes=1)
            text = replace(message(f"Question {number}", f"q{number}"), received_at=clock())
            desk.register.set_aside(aside(message=text, is_doubtful=True))
        await desk.prompts.doubts()
        first, second = jeanne.from_bot()[-2:]
        await desk.taps(jeanne, "Non, merci", on=first)
        await desk.taps(jeanne, "C’est une réclamation", on=second)
        recalled = corrections(desk.register)
        await desk.taps(jeanne, "Corriger le motif")
        await desk.taps(jeanne, named(Motive.CONDUCT))
        await desk.taps(jeanne, "Corriger la gravité")
        await desk.taps(jeanne, named(Severity.SERIOUS))

        told = [(one.source_id, one.is_complaint, one.motives) for one in recalled]
        assert sorted(told) == [("q1", False, ()), ("q2", True, ())]
        last = corrections(desk.register)[-1]
        assert (last.motives, last.severity) == ((Motive.CONDUCT,), Severity.SERIOUS)


# -- learning ---------------------------------------------------------------------------------


def example(text: str, name: str, **labels: Any) -> Example:
    """A message with what it is; no complaint, if nothing else is said."""
    passage = Passage(text=text, channel=Channel.EMAIL, sent=NOON)
    return Example(id=name, passage=passage, **({"is_complaint": False} | labels))


CONDUCT = {"is_complaint": True, "motives": (Motive.CONDUCT,), "severity": Severity.SERIOUS}
AS_CORRECTED = [example(IRONY, "dev-a-1", **CONDUCT)]
AS_PRAISE = [example(IRONY, "dev-a-1"), example(PLAIN_THANKS, "dev-a-2")]


GREETINGS = ("Bonjour, ", "Madame, ", "Bonsoir, ", "")  # a hand each
COMPLAINTS = {
    "ma leçon a été annulée une heure avant, c'est inadmissible": "scheduling moderate",
    "on m'a facturé deux fois le forfait, je veux être remboursé de 900 euros": "billing serious",
    "le moniteur m'a hurlé dessus pendant toute l'heure, j'ai pleuré": "conduct serious",
    "le moniteur m'a touché la cuisse, je vais porter plainte": "harassment critical",
    "personne ne répond jamais au téléphone, c'est agaçant": "reception low",
    "votre voiture n'avait plus de freins, on a failli avoir un accident": "safety critical",
    "mon dossier dort à la préfecture depuis six mois par votre faute": "paperwork serious",
    "vous avez oublié de m'inscrire à l'examen, c'est scandaleux": "exam moderate",
}
OTHERS = (
    "quel est le prix du permis B chez vous ?",
    "je voudrais réserver deux leçons samedi matin",
    "merci pour tout, j'ai eu mon permis hier",
    "pouvez-vous m'envoyer vos horaires d'ouverture ?",
    "je serai là demain à dix heures comme prévu",
    "ci-joint ma photo pour le dossier, bonne journée",
    "nous vous proposons nos fournitures de bureau à prix réduit",
    "est-il possible de passer le code en ligne ?",
)


@pytest.fixture(scope="module")
def train() -> list[Example]:
    """A corpus of a few plain words: quick to learn from, and always the same."""
    found = []
    for hand, greeting in enumerate(GREETINGS):
        for text, labels in COMPLAINTS.items():
            motive, severity = labels.split()
            found.append(
                example(
                    greeting + text,
                    f"h{hand}-a-{len(found)}",
                    is_complaint=True,
                    motives=(Motive(motive),),
                    severity=Severity(severity),
                )
            )
        found += [example(greeting + text, f"h{hand}-b-{n}") for n, text in enumerate(OTHERS)]
    return found


def corrected(folder: Path) -> Register:
    """A register in which the manager took thanks for irony, and recalled questions."""

    def received(number: int, text: str) -> Complaint:
        messages = (message(text, f"m{number}"),)
        return complaint(reference=f"R-2026-000{number}", messages=messages)

    return kept(
        folder / "register.json",
        *(
            one.corrected(NOON, MANAGER, motive=Motive.CONDUCT, severity=Severity.SERIOUS)
            for one in (received(number, IRONY) for number in (1, 2, 3))
        ),
        *(received(number, ASKED).with_event(NOON, MANAGER, "recalled") for number in (4, 5, 6)),
    )


def taught(
    folder: Path,
    train: Sequence[Example],
    dev: Sequence[Example],
    *,
    is_check: bool = False,
) -> str:
    """What the command says when it learns in this folder, on a small corpus."""
    said = Console(file=StringIO(), width=100)
    recipe = Recipe(units=16, epochs=60, batch=16)  # a corpus so small is gone through often
    material = Material(train, dev, recipe)
    register, model = folder / "register.json", folder / "model"
    learn(register, model, said, is_check=is_check, material=lambda: material)
    assert isinstance(said.file, StringIO)
    return said.file.getvalue()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, train: list[Example]) -> tuple[Path, str]:
    """An establishment that has learned while its application was running, and what was said."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "model.new").mkdir()  # what a training that was killed has left
    register = corrected(folder)
    said = taught(folder, train, AS_CORRECTED)
    register.close()
    return folder, said


def read(text: str, learned: Path | None) -> Extraction:
    """What the reader finds that an establishment would have."""
    loaded = open_reader(learned=learned)
    return loaded.reader.read(Passage(text=text, channel=Channel.EMAIL, sent=NOON))


def config(folder: Path) -> Any:
    return make_config({**SETTINGS, "data": str(folder)}, RehearsalConfig)


@pytest.fixture
def copy(place: tuple[Path, str], tmp_path: Path) -> Path:
    """The folder of data of that establishment, to do harm to."""
    return Path(shutil.copytree(place[0], tmp_path / "data"))


def test_a_correction_is_read_as_corrected_afterwards(place: tuple[Path, str]) -> None:
    """What was misread is read as the manager said; the role of the writer is nobody's lesson."""
    folder, said = place
    before, after = read(IRONY, None), read(IRONY, folder / "model")

    assert not before.is_complaint
    assert after.is_complaint
    assert (after.motives[0].motive, after.severity) == (Motive.CONDUCT, Severity.SERIOUS)
    assert tell("learn.found", count=6, complaints=6, others=0) in said
    assert tell("learn.replaced") in said
    assert "1,000" in said


def test_a_recalled_message_teaches_that_it_is_a_complaint(place: tuple[Path, str]) -> None:
    """Nothing more was said of it, and nothing more is made up."""
    before, after = read(ASKED, None), read(ASKED, place[0] / "model")

    assert not before.is_complaint
    assert after.score > 0.8


def test_the_model_says_where_it_comes_from(place: tuple[Path, str]) -> None:
    """The corpus's fingerprint and the number of corrections stand in it, for its owner alone."""
    model = place[0] / "model"
    meta, shipped = (json.loads((one / "meta.json").read_text()) for one in (model, TRAINED))

    assert (meta["corpus"], meta["corrections"]) == (shipped["corpus"], 6)
    assert model.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in place[0].iterdir() if one.is_dir()) == ["model"]


def test_no_word_of_a_client_is_in_the_model(place: tuple[Path, str]) -> None:
    """What the clients wrote stays in the register: every list of words is the shipped model's."""
    model = place[0] / "model"
    lists = [one.relative_to(TRAINED) for one in TRAINED.rglob("*") if one.is_file()]
    texts = [one for one in lists if one.suffix in (".txt", "") or one.name == "strings.json"]

    assert len(texts) > 3
    assert [
        one for one in texts if (model / one).read_bytes() != (TRAINED / one).read_bytes()
    ] == []
    for word in (b"zebulon", "zébulon".encode(), b"patachon", b"home.test"):
        assert [file for file in model.rglob("*") if word in plain(file).lower()] == []


def plain(file: Path) -> bytes:
    """The bytes of a file, those of an archive unpacked."""
    if not file.is_file():
        return b""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            return b"".join(map(archive.read, archive.namelist()))
    raw = file.read_bytes()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


# -- the model in use -------------------------------------------------------------------------


def test_a_model_that_reads_worse_is_not_used(copy: Path, train: list[Example]) -> None:
    """The reader that ships stays where the corrections go against `dev`; the loss is named."""
    shutil.rmtree(copy / "model")
    said = taught(copy, train, AS_PRAISE)

    lost = f"{tell('learn.complaint')}, {tell('learn.motives')}"
    assert tell("learn.kept", figures=lost) in said
    assert [one.name for one in copy.iterdir() if one.is_dir()] == []
    assert not read(IRONY, copy / "model").is_complaint


def test_looking_first_changes_nothing(copy: Path, train: list[Example]) -> None:
    """With --check the figures are shown, and the model in use is the same one."""
    before = (copy / "model").stat().st_ino
    said = taught(copy, train, (), is_check=True)  # nothing to misread

    assert tell("learn.could") in said
    assert (copy / "model").stat().st_ino == before
    assert not (copy / "model.new").exists()


class Unplugged(Sequence[Example]):
    """A `dev` at which the machine stops: the new model is written, and not in use yet."""

    def __len__(self) -> int:
        return 1

    def __getitem__(self, at: Any) -> Any:
        raise KeyboardInterrupt


def test_a_training_that_is_interrupted_changes_nothing(copy: Path, train: list[Example]) -> None:
    """The model in use is the old one, whole, and another training can begin."""
    before = (copy / "model").stat().st_ino
    with pytest.raises(KeyboardInterrupt):
        taught(copy, train, Unplugged())

    assert (copy / "model").stat().st_ino == before
    assert read(IRONY, copy / "model").is_complaint


def test_the_shipped_reader_can_be_put_back(copy: Path) -> None:
    """The learned one is kept beside; asked again, there is nothing to put back."""
    said = Console(file=StringIO(), width=300)
    forget(copy / "model", said)
    forget(copy / "model", said)

    assert isinstance(said.file, StringIO)
    assert said.file.getvalue().splitlines() == [
        tell("learn.forgotten", folder=copy / "model.previous"),
        tell("learn.nothing_to_forget"),
    ]
    assert not read(IRONY, copy / "model").is_complaint
    assert read(IRONY, copy / "model.previous").is_complaint


def spoil(model: Path, how: Refused) -> None:
    """Make a learned model useless."""
    meta = model / "meta.json"
    if how is Refused.OUTDATED:
        meta.write_text(json.dumps(json.loads(meta.read_text()) | {"corpus": "another"}))
    else:
        (model / "judgement" / "heads.npz").write_bytes(b"half a")


@pytest.mark.parametrize("how", Refused)
async def test_a_model_that_cannot_read_is_named_and_the_shipped_one_reads(
    copy: Path, how: Refused, capsys: pytest.CaptureFixture[str]
) -> None:
    """Older than the program, or damaged: the doctor and the log say which; reading goes on."""
    spoil(copy / "model", how)
    late = LateReader(learned=copy / "model")
    late.start()
    found = late.read(Passage(text=IRONY, channel=Channel.EMAIL, sent=NOON))
    finding = await check_model(config(copy), NOON)

    assert not found.is_complaint
    assert (finding.is_well, finding.words) == (False, tell(f"doctor.model_{how}"))
    assert str(how) in capsys.readouterr().out


async def test_the_application_and_the_doctor_read_with_what_was_learned(copy: Path) -> None:
    """The reader beside the work is the learned one; the doctor says from how many corrections."""
    late = LateReader(learned=copy / "model")
    late.start()
    found = late.read(Passage(text=IRONY, channel=Channel.EMAIL, sent=NOON))
    finding = await check_model(config(copy), NOON)

    assert found.is_complaint
    assert finding.is_well
    assert "6 correction(s)" in finding.words


# -- the command ------------------------------------------------------------------------------


def command(folder: Path, *arguments: str, given: str = "") -> tuple[int, str, str]:
    """Exit status and outputs of `reclamations` with a configuration for this folder."""
    written = folder.parent / "config.toml"
    tables = SETTINGS["establishment"], SETTINGS["telegram"]
    lines = [f"data = {json.dumps(str(folder))}"]
    for name, table in zip(("establishment", "telegram"), tables, strict=True):
        lines += [f"[{name}]", *(f"{key} = {json.dumps(one)}" for key, one in table.items())]
    written.write_text("\n".join(lines), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments, "--config", str(written)],
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_nothing_to_learn_is_said(tmp_path: Path) -> None:
    """Without a register, or a correction in it, a sentence says so; nothing is made."""
    status, out, _ = command(tmp_path / "data", "learn")

    assert (status, out.strip()) == (0, tell("learn.none"))
    assert not (tmp_path / "data").exists()


def test_a_damaged_register_is_told(tmp_path: Path) -> None:
    """One sentence and status 1, as for the other commands."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "register.json").write_text("{")
    status, _, err = command(tmp_path / "data", "learn")

    assert status == 1
    assert "restaurez" in err
    assert "Traceback" not in err


def test_extract_reads_with_what_was_learned(copy: Path) -> None:
    """`extract --config` shows the reader that the establishment has; its lines stay lines."""
    line = {"id": 1, "channel": "telegram", "sent": "2026-03-02T12:00:00+01:00", "text": IRONY}
    found = [command(copy, "extract", "--jsonl", given=json.dumps(line))]
    spoil(copy / "model", Refused.BROKEN)
    found.append(command(copy, "extract", "--jsonl", given=json.dumps(line)))

    assert [json.loads(out)["is_complaint"] for _, out, _ in found] == [True, False]
    assert "reader.learned_refused" in found[1][2]


def test_one_training_at_a_time(copy: Path, train: list[Example]) -> None:
    """A second one is refused while the first goes on."""

    class Second(Sequence[Example]):
        def __len__(self) -> int:
            return 1

        def __getitem__(self, at: Any) -> Any:
            raise AssertionError("two at once")

    def material() -> Material:
        taught(copy, train, Second())
        raise AssertionError("not refused")

    with pytest.raises(AlreadyLearning):
        learn(copy / "register.json", copy / "model", Console(file=StringIO()), material=material)


def test_asking_does_not_load_the_language_library() -> None:
    """What there is to learn is known without a model."""
    ended = subprocess.run(
        [sys.executable, "-c", "import sys, app.learning; sys.exit('spacy' in sys.modules)"],
        check=False,
        timeout=60,
    )

    assert ended.returncode == 0
