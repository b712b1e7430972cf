"""STOP, START and HELP: the words that belong to carriers and to the law."""

from engine.actions import addresses
from engine.store import reach
from engine.store.deliveries import STOP_CAUSE
from engine.vocabulary.meanings import Reserved, Stop
from engine.vocabulary.words import Channel, MailKind, SuppressionReason, Trust
from inbound.authentication import Authentication
from inbound.mail import Done, Mail, Noted, Outcome, Pass
from inbound.people import echo, know_sender

_PEOPLE = (MailKind.PERSON, MailKind.ENCRYPTED, MailKind.UNREADABLE)


def obey_stop(mail: Mail) -> Outcome:
    """Suppresses the address the words came from, whoever it is and however sure we are of them. One
    confirmation, none if the provider has answered already, none to a stranger's mail."""
    if mail.reading.understood.stop is not Stop.CERTAIN or mail.reading.verdict.kind not in _PEOPLE:
        return Pass()
    know_sender(mail)
    if mail.address_id is None:
        return Pass()
    new = addresses.suppress(mail.rt, mail.address_id, SuppressionReason.STOP)
    if new and mail.owners and not mail.reading.incoming.headers.get("optouttype"):
        echo(mail, "stop_done", cause=f"{STOP_CAUSE}{mail.raw_id}")
    return Noted()


def stopped(mail: Mail) -> Outcome:
    """A bare STOP is done with; one with other words in it still goes to a person."""
    return Done("stopped") if mail.reading.understood.reserved is Reserved.STOP else Pass()


def start(mail: Mail) -> Outcome:
    """Lifts a STOP, for a bound phone or a reply token from its own address only."""
    if mail.reading.understood.reserved is not Reserved.START or not mail.owners or mail.address_id is None:
        return Pass()
    sure = mail.reading.incoming.channel is Channel.SMS or (
        mail.place is not None and mail.place.trust is Trust.TOKEN
    )
    if not sure:
        return Pass()
    addresses.lift(mail.rt, mail.address_id)
    if reach.suppressed(mail.session, [mail.address_id]):  # a bounce or a complaint: a person must look at it
        return Pass()
    echo(mail, "start_done")
    return Done("started")


def help(mail: Mail) -> Outcome:
    """Name, contact, STOP; to anybody who texts it, by email only to somebody we know, at most once a day
    and never where our mail server calls the sender false (T9)."""
    if mail.reading.understood.reserved is not Reserved.HELP:
        return Pass()
    if mail.reading.incoming.channel is Channel.SMS:
        echo(mail, "help")
        return Done("helped")
    if not mail.owners or mail.reading.authentication is Authentication.FAILED:
        return Pass()
    echo(mail, "help", cause=f"answer:help:{mail.address_id}:{mail.kept.received_at:%Y-%m-%d}")
    return Done("helped")
