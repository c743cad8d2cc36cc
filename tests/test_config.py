"""The configuration: what is wrong is said in one sentence, and nothing starts."""

import copy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.config import ConfigRefused, RehearsalConfig, load_config, make_config
from app.settings import establishment

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


def example(**changes: Any) -> dict[str, Any]:
    """The example's tables with "section.key" changed; a value of None takes the key away."""
    written: dict[str, Any] = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for path, value in changes.items():
        *sections, key = path.split("__")
        table = written
        for section in sections:
            table = table[section]
        if value is None:
            del table[key]
        else:
            table[key] = value
    return copy.deepcopy(written)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param(
            {"imap__securty": "tls"},
            ["imap.securty", "security", "done_folder"],
            id="unknown key: the close one and the valid ones",
        ),
        pytest.param({"colour": "x"}, ["colour", "establishment"], id="unknown section"),
        pytest.param(
            {"imap__security": "ssl"}, ["imap.security", "ssl", "starttls"], id="not one of these"
        ),
        pytest.param({"imap__port": "abc"}, ["imap.port", "abc", "nombre entier"], id="no number"),
        pytest.param({"imap__port": 70000}, ["imap.port", "70000", "65536"], id="out of range"),
        pytest.param({"hours__zone": "Mars/Base"}, ["hours.zone", "Europe/Paris"], id="zone"),
        pytest.param({"hours__opens": "25h"}, ["hours.opens", "25h", "09:00"], id="time of day"),
        pytest.param({"telegram__token": None}, ["telegram.token"], id="a key is missing"),
        pytest.param({"establishment__mediator": None}, ["mediator", "L616-1"], id="no mediator"),
        pytest.param({"smtp": None}, ["[imap]", "[smtp]"], id="mail in but not out"),
        pytest.param({"hours__weekdays": []}, ["hours.weekdays", "au moins une"], id="no day"),
        pytest.param({"hours__closes": "08:00"}, ["opens", "closes"], id="closes before it opens"),
        pytest.param({"hours__ping_at": "09:00+02:00"}, ["hours.ping_at", "fuseau"], id="a zone"),
        pytest.param({"hours__zone": "Europe"}, ["hours.zone"], id="a folder of zones"),
        pytest.param({"smtp__from_address": "École <a@b.test>"}, ["from_address"], id="a name too"),
        pytest.param({"smtp__from_address": "reclamations"}, ["from_address"], id="no domain"),
        pytest.param(
            {"establishment__siret": "123 456"}, ["establishment.siret", "14 chiffres"], id="siret"
        ),
        pytest.param(
            {"establishment__logo": "/nowhere/logo.png"},
            ["establishment.logo", "/nowhere/logo.png", "ne se lit pas"],
            id="no such logo",
        ),
        pytest.param(
            {"establishment__logo": str(EXAMPLE)},
            ["establishment.logo", "PNG, JPEG ou SVG"],
            id="a logo that is no picture",
        ),
        pytest.param(
            {"imap__security": "none"},
            ["imap", "imap.auto-ecole.example", "tls"],
            id="a password in clear over the network",
        ),
    ],
)
def test_a_mistake_is_one_sentence(changes: dict[str, Any], words: list[str]) -> None:
    """The sentence names the key, the value, and what is valid."""
    with pytest.raises(ConfigRefused) as refused:
        make_config(example(**changes))

    assert [word for word in words if word not in str(refused.value)] == []
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [{"telegram__token": 5}, {"imap__password": ["s3cret"]}, {"smtp__password": {"s3cret": 1}}],
)
def test_a_secret_is_never_repeated(changes: dict[str, Any]) -> None:
    """A bad secret is refused without being shown."""
    with pytest.raises(ConfigRefused) as refused:
        make_config(example(**changes))

    assert "s3cret" not in str(refused.value)
    assert "***" in str(refused.value)


def test_secrets_are_masked() -> None:
    """Printing the configuration shows no password and no token."""
    shown = repr(make_config(example(imap__password="s3cret", telegram__token="123:t0ken")))

    assert "s3cret" not in shown
    assert "t0ken" not in shown


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret can come from the environment, and then wins."""
    monkeypatch.setenv("RECLAMATIONS_IMAP__PASSWORD", "from outside")

    config = make_config(example())

    assert config.imap is not None
    assert config.imap.password.get_secret_value() == "from outside"


def test_a_rehearsal_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real password in the environment does not get into the demonstration."""
    monkeypatch.setenv("RECLAMATIONS_IMAP__PASSWORD", "from outside")

    config = make_config(example(), RehearsalConfig)

    assert config.imap is not None
    assert config.imap.password.get_secret_value() != "from outside"


def test_an_unreadable_environment_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list in the environment that is no JSON says how a list is written."""
    monkeypatch.setenv("RECLAMATIONS_TELEGRAM__MANAGERS", "12,34")

    with pytest.raises(ConfigRefused, match="JSON"):
        make_config(example())


def test_a_logo_is_read_when_the_configuration_is(tmp_path: Path) -> None:
    """What every letter carries is known to be a picture, and small, before the first one."""
    logo = tmp_path / "logo.svg"
    logo.write_bytes(SVG)
    config = make_config(example(establishment__logo=str(logo)))
    logo.write_bytes(SVG + b" " * 500_000)

    with pytest.raises(ConfigRefused, match="500 ko au plus"):
        make_config(example(establishment__logo=str(logo)))
    logo.write_bytes(SVG)
    assert establishment(config).logo == SVG


def test_a_siret_is_written_in_groups() -> None:
    """However it was typed, letters show it as one reads it out."""
    config = make_config(example(establishment__siret="12345678900012"))

    assert establishment(config).siret == "123 456 789 00012"


def test_ping_days_are_put_in_order() -> None:
    """Days written in any order are pinged in order."""
    assert make_config(example(hours__ping_days=[9, 3, 7, 3])).hours.ping_days == (3, 7, 9)


def test_clear_text_is_allowed_on_this_machine_only() -> None:
    """A server on the loopback may go without TLS; the network may not (refused above)."""
    config = make_config(example(imap__security="none", imap__host="127.0.0.1"))

    assert config.imap is not None
    assert config.imap.security == "none"


def test_telegram_alone_is_enough() -> None:
    """Without mail the establishment still receives on Telegram."""
    config = make_config(example(imap=None, smtp=None))

    assert config.imap is None


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """The first start of all tells to copy the example."""
    with pytest.raises(ConfigRefused, match=r"config\.example\.toml"):
        load_config(tmp_path / "config.toml")


def test_a_broken_file_says_where(tmp_path: Path) -> None:
    """A file that is no TOML is refused with the line."""
    path = tmp_path / "config.toml"
    path.write_text("data = \n")

    with pytest.raises(ConfigRefused, match="line 1"):
        load_config(path)


@pytest.mark.parametrize("command", ["run", "doctor", "pair"])
def test_a_refused_configuration_is_status_2(tmp_path: Path, command: str) -> None:
    """From the command line: the sentence on standard error, nothing else, exit status 2."""
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8").replace("port = 993", 'port = "many"'))

    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", command, "--config", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert "imap.port" in ended.stderr
    assert "Traceback" not in ended.stderr
