"""The configuration in the words of each room: what a room is given of it, and nothing else."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Config, Hours, Imap, Smtp
from bot.pairing import PairingCodes
from intake.mailbox import MailboxSettings
from letters.establishment import Establishment, Mediator
from letters.smtp import SmtpSettings
from register.deadlines import Closure, OfficeHours, Timetable
from register.labels import OWN, Motive


def register_path(config: Config) -> Path:
    """The register's file."""
    return config.data / "register.json"


def learned_path(config: Config) -> Path:
    """The folder of the model that was learned from the manager's corrections, there or not."""
    return config.data / "model"


def pieces_path(config: Config) -> Path:
    """The folder of attachments and of messages as they came in."""
    return config.data / "pieces"


def pairing_codes(config: Config, clock: Callable[[], datetime]) -> PairingCodes:
    """The one-time codes, in a file that the command line writes and the bot reads."""
    return PairingCodes(config.data / "pairing.json", clock)


def timetable(config: Config) -> Timetable:
    """The establishment's time."""
    hours = config.hours
    return Timetable(
        zone=ZoneInfo(hours.zone),
        hours=OfficeHours(
            opens=hours.opens, closes=hours.closes, weekdays=frozenset(hours.weekdays)
        ),
        closures=tuple(Closure(first=one.first, last=one.last) for one in hours.closures),
        ping_days=hours.ping_days,
        ping_at=hours.ping_at,
        second_ping_at=hours.second_ping_at,
    )


def establishment(config: Config) -> Establishment:
    """Who answers."""
    own = config.establishment
    mediator = own.mediator
    address = config.smtp.from_address if config.smtp else own.email
    return Establishment(
        name=own.name,
        address=own.address,
        phone=own.phone,
        email=own.email,
        signatory=own.signatory,
        quality=own.quality,
        mail_domain=address.rpartition("@")[2],
        website=own.website,
        privacy_url=own.privacy_url,
        siret=own.siret,
        approval_number=own.approval_number,
        activity_number=own.activity_number,
        logo=own.logo.read_bytes() if own.logo else b"",
        mediator=Mediator(mediator.name, mediator.address, mediator.website) if mediator else None,
    )


def motive_names(config: Config) -> dict[Motive, str]:
    """The motives that go by another name here, and those that the establishment has added."""
    renamed = {one: getattr(config.motives, one) for one in Motive}
    added = {Motive(OWN + code): one for code, one in config.motives.own.items()}
    return {motive: one.name for motive, one in (renamed | added).items() if one}


def own_motives(config: Config) -> dict[str, tuple[str, ...]]:
    """The motives that the establishment has added: their codes, their examples."""
    return {OWN + code: one.examples for code, one in config.motives.own.items()}


def own_addresses(config: Config) -> tuple[str, ...]:
    """The addresses of this desk: mail from them is ours, mail to none of them came by a detour."""
    if not (config.imap and config.smtp):
        return ()
    ours = (config.smtp.from_address, config.smtp.user, config.imap.user)
    return tuple({address.lower() for address in ours if "@" in address})


def receiving_addresses(config: Config) -> tuple[str, ...]:
    """The addresses that letters give out: mail to them is meant for this desk."""
    return (config.establishment.email.lower(),)


def mailbox_settings(imap: Imap, hours: Hours) -> MailboxSettings:
    """The mailbox to read."""
    return MailboxSettings(
        host=imap.host,
        port=imap.port,
        security=imap.security,
        user=imap.user,
        password=imap.password.get_secret_value(),
        folder=imap.folder,
        done_folder=imap.done_folder,
        since=imap.since,
        zone=ZoneInfo(hours.zone),
        idle_seconds=imap.idle_seconds,
        timeout=imap.timeout,
        ca_file=imap.ca_file,
    )


def smtp_settings(smtp: Smtp) -> SmtpSettings:
    """The server that letters leave by."""
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        user=smtp.user,
        password=smtp.password.get_secret_value(),
        from_name=smtp.from_name,
        from_address=smtp.from_address,
        timeout=smtp.timeout,
        ca_file=smtp.ca_file,
    )
