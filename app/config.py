"""The configuration: one TOML file and the environment, checked before anything starts.

`config.example.toml` says what each key is for. Any key can come from the environment instead,
as RECLAMATIONS_<SECTION>__<KEY>: that is the place for secrets. An unknown key or a bad value is
one sentence that names the key, the value and what is valid; secrets are never repeated.
"""

import difflib
import re
import tomllib
from datetime import date, time
from email.errors import HeaderParseError
from email.headerregistry import Address as MailAddress
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from app.words import sentences, tell
from register.labels import OWN, Motive

ENVIRONMENT_PREFIX = "RECLAMATIONS_"
EXAMPLES = 3  # sentences of an own motive, at least
LARGEST_LOGO = 500_000  # bytes: it is in every letter
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class ConfigRefused(Exception):
    """The configuration cannot be used; the message is the sentence to show."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(tell("config.zone")) from error
    return name


def _mail_address(address: str) -> str:
    try:
        parsed = MailAddress(addr_spec=address)  # RFC 5322, 3.4.1
    except (ValueError, HeaderParseError) as error:
        raise ValueError(tell("config.address")) from error
    if not parsed.domain or not address.isascii():
        raise ValueError(tell("config.address"))
    return address


def _local_time(hour: time) -> time:
    if hour.tzinfo is not None:
        raise ValueError(tell("config.time_with_zone"))
    return hour


def _in_order(days: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(days)))


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _several_sentences(examples: tuple[str, ...]) -> tuple[str, ...]:
    written = tuple(dict.fromkeys(_one_line(one) for one in examples))
    sentences = [one for one in written if len(one.split()) > 1]  # a word alone has no meaning
    if len(sentences) < max(EXAMPLES, len(examples)):
        raise ValueError(tell("config.examples", least=EXAMPLES))
    return written


def _own_codes(own: dict[str, Any]) -> dict[str, Any]:
    for code in own:
        try:
            Motive(OWN + code)
        except ValueError as error:
            raise ValueError(tell("config.own_code", code=code)) from error
    return own


def _picture(path: Path) -> Path:
    from letters.pdf import LogoRefused, check_logo  # typst, for those alone who have a logo

    try:
        if path.stat().st_size > LARGEST_LOGO:
            raise ValueError(tell("config.logo_too_large", path=path, most=LARGEST_LOGO // 1000))
        check_logo(path.read_bytes())
    except OSError as error:
        raise ValueError(tell("config.logo_unreadable", path=path, why=error.strerror)) from error
    except LogoRefused as error:
        raise ValueError(tell("config.logo_refused", path=path)) from error
    return path


def _siret(number: str) -> str:
    digits = "".join(number.split())
    if not re.fullmatch(r"(\d{14})?", digits):
        raise ValueError(tell("config.siret"))
    return " ".join(filter(None, (digits[:3], digits[3:6], digits[6:9], digits[9:])))


MotiveName = Annotated[str, AfterValidator(_one_line), Field(min_length=2, max_length=40)]
LocalTime = Annotated[time, AfterValidator(_local_time)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Server(_Section):
    """A mail server: TLS unless it is on this machine; never dropped in silence."""

    host: str
    port: int = Field(gt=0, lt=65536)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str
    password: SecretStr
    ca_file: Path | None = None
    timeout: float = Field(default=20.0, gt=0)

    @model_validator(mode="after")
    def _clear_text_stays_here(self) -> "_Server":
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(tell("config.clear_text", host=self.host))
        return self


class Imap(_Server):
    """The mailbox that receives complaints."""

    port: int = Field(default=993, gt=0, lt=65536)
    folder: str = "INBOX"
    done_folder: str = "Traités"
    since: date | None = None
    idle_seconds: int = Field(default=60, ge=1, le=60)


class Smtp(_Server):
    """The server that letters leave by."""

    port: int = Field(default=465, gt=0, lt=65536)
    from_address: Annotated[str, AfterValidator(_mail_address)]
    from_name: str = ""


class Mediator(_Section):
    """The consumer mediator that the establishment belongs to."""

    name: str = Field(min_length=2)
    address: str = Field(min_length=5)
    website: str = Field(min_length=4)


class Establishment(_Section):
    """Who answers, as letters say it."""

    name: str = Field(min_length=1)
    address: str = Field(min_length=1)
    phone: str = Field(min_length=1)
    email: str = Field(min_length=3)
    signatory: str = Field(min_length=1)
    quality: str = "Gérant"
    website: str = ""
    privacy_url: str = ""
    logo: Annotated[Path, AfterValidator(_picture)] | None = None
    siret: Annotated[str, AfterValidator(_siret)] = ""
    approval_number: str = ""
    activity_number: str = ""
    sites: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    business_only: bool = False
    mediator: Mediator | None = None

    @model_validator(mode="after")
    def _consumers_have_a_mediator(self) -> "Establishment":
        # Code de la consommation, L616-1: the mediator is told to every consumer
        if self.mediator is None and not self.business_only:
            raise ValueError(tell("config.mediator"))
        return self


class Telegram(_Section):
    """The bot."""

    token: SecretStr
    managers: tuple[int, ...] = ()
    silence_minutes: int = Field(default=15, ge=1, le=24 * 60)
    base_url: str | None = None
    base_file_url: str | None = None


class Closure(_Section):
    """Days on which the establishment is closed, both ends included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> "Closure":
        if self.last < self.first:
            raise ValueError(tell("config.closure"))
        return self


class Hours(_Section):
    """The establishment's time."""

    zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Paris"
    opens: LocalTime = time(8, 30)
    closes: LocalTime = time(19, 0)
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)] = (
        *range(6),
    )
    ping_days: Annotated[
        tuple[Annotated[int, Field(ge=1, le=9)], ...], AfterValidator(_in_order)
    ] = (3, 5, 7, 8, 9)
    ping_at: LocalTime = time(9, 0)
    second_ping_at: LocalTime = time(14, 0)
    closures: tuple[Closure, ...] = ()

    @model_validator(mode="after")
    def _open_for_a_while(self) -> "Hours":
        if self.opens >= self.closes:
            raise ValueError(tell("config.hours"))
        return self


class FollowUp(_Section):
    """What happens after the answer."""

    ask_after: int = Field(default=7, ge=1, le=60)


class RenamedMotive(_Section):
    """A motive that goes by another name here."""

    name: MotiveName


class OwnMotive(_Section):
    """A motive that the establishment has added."""

    name: MotiveName
    examples: Annotated[tuple[str, ...], AfterValidator(_several_sentences)]


class Motives(_Section):
    """The motives: a field for each code of `register.labels.Motive`, and the own ones."""

    scheduling: RenamedMotive | None = None
    exam: RenamedMotive | None = None
    teaching: RenamedMotive | None = None
    conduct: RenamedMotive | None = None
    billing: RenamedMotive | None = None
    paperwork: RenamedMotive | None = None
    reception: RenamedMotive | None = None
    vehicle: RenamedMotive | None = None
    safety: RenamedMotive | None = None
    harassment: RenamedMotive | None = None
    accessibility: RenamedMotive | None = None
    privacy: RenamedMotive | None = None
    other: RenamedMotive | None = None
    own: Annotated[dict[str, OwnMotive], AfterValidator(_own_codes)] = {}


class Config(BaseSettings):
    """All there is to set."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    reads_environment: ClassVar[bool] = True

    establishment: Establishment
    telegram: Telegram
    imap: Imap | None = None
    smtp: Smtp | None = None
    hours: Hours = Hours()
    follow_up: FollowUp = FollowUp()
    motives: Motives = Motives()
    data: Path = Path("data")

    @model_validator(mode="after")
    def _mail_goes_both_ways(self) -> "Config":
        if (self.imap is None) != (self.smtp is None):
            raise ValueError(tell("config.both_ways"))
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment over the file; or what is written, alone."""
        return (env_settings, init_settings) if cls.reads_environment else (init_settings,)


class RehearsalConfig(Config):
    """The configuration of a rehearsal: nothing of the real environment gets into it."""

    reads_environment = False


def load_config(path: Path) -> Config:
    """The configuration of that file and of the environment. Raises ConfigRefused."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigRefused(tell("config.missing", path=path)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigRefused(tell("config.unreadable", path=path, why=error)) from error
    return make_config(written)


def make_config(written: dict[str, Any], kind: type[Config] = Config) -> Config:
    """The configuration that these tables say. Raises ConfigRefused with the first thing wrong."""
    try:
        return kind(**written)
    except SettingsError as error:
        raise ConfigRefused(tell("config.environment", why=error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=True)[0]
        raise ConfigRefused(_sentence(dict(first), written)) from None


def _sentence(error: dict[str, Any], written: dict[str, Any]) -> str:
    path = tuple(error["loc"])
    key = ".".join(str(part) for part in path)
    if error["type"] == "extra_forbidden":
        return _unknown(path, key)
    if error["type"] == "missing":
        return tell("config.key_missing", key=key)
    if error["type"] == "value_error":
        return tell("config.value_error", key=key or "config", why=_own_words(error))
    value = "***" if _is_secret(path) else _value_at(path, written)
    return tell("config.bad_value", key=key, value=value, why=_expected(error))


def _expected(error: dict[str, Any]) -> str:
    key = f"expected.{error['type']}"
    if key not in sentences():
        return str(error["msg"])  # a rare kind: pydantic's own words, in English
    return tell(key, **{"expected": "", **error.get("ctx", {})})


def _own_words(error: dict[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


def _unknown(path: tuple[Any, ...], key: str) -> str:
    valid = sorted(_model_at(path[:-1]).model_fields)
    close = difflib.get_close_matches(str(path[-1]), valid, n=1)
    hint = tell("config.did_you_mean", close=close[0]) if close else ""
    if path[:-1] == ("motives",):
        return tell("config.unknown_motive", code=path[-1], hint=hint, valid=", ".join(Motive))
    return tell("config.unknown_key", key=key, hint=hint, valid=", ".join(valid))


def _model_at(path: tuple[Any, ...]) -> type[BaseModel]:
    model: type[BaseModel] = Config
    for part in path:
        if part not in model.model_fields:  # a place in a list, or the name of a table in a table
            continue
        found = _models_in(model.model_fields[part].annotation)
        model = found[0] if found else model
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in _models_in(part)]


def _is_secret(path: tuple[Any, ...]) -> bool:
    return any(part in ("password", "token") for part in path)


def _value_at(path: tuple[Any, ...], written: Any) -> object:
    for part in path:
        try:
            written = written[part]
        except (KeyError, IndexError, TypeError):
            return tell("config.from_environment")
    return written
