"""STOP, START and HELP: the words that belong to carriers and to the law."""

from collections.abc import Callable

from engine.actions import addresses, members, pauses
from engine.store import reach
from engine.store.deliveries import STOP_CAUSE
from engine.vocabulary.meanings import Mark, Reserved, Stop
from engine.vocabulary.words import Channel, MailKind, PauseReason, Trust
from inbound.authentication import Authentication
from inbound.commands import wishes
from inbound.mail import Done, Mail, Noted, Outcome, Pass
from inbound.people import echo, know_sender

_PEOPLE = (MailKind.PERSON, MailKind.ENCRYPTED, MailKind.UNREADABLE)


_PAUSES = {Stop.LIKELY: PauseReason.STOP_LIKELY, Stop.UNCLEAR: PauseReason.STOP_UNCLEAR}


def obey_stop(mail: Mail) -> Outcome:
    """A sure wish closes what it names, whoever it comes from and however sure we are of them: at least the
    address it came by. One that is not sure pauses everything automatic until a person has read it. One
    confirmation at most."""
    understood = mail.reading.understood
    if not (understood.stop or understood.marks) or mail.reading.verdict.kind not in _PEOPLE:
        return Pass()
    know_sender(mail)
    if mail.address_id is None:
        return Pass()
    if understood.stop in _PAUSES and not understood.marks:
        pauses.pause(mail.rt, wishes.whose(mail), _PAUSES[understood.stop])
        return Noted()
    _close(mail)
    return Noted()


# What else a stop lets go: an open question, a promised seat. One row for each noun that keeps such a thing.
LETS_GO: tuple[Callable[[Mail], None], ...] = ()


def _close(mail: Mail) -> None:
    reason = wishes.reason(mail)
    new = [addresses.suppress(mail.rt, each, reason) for each in wishes.covered(mail)]
    if wishes.reaches_further(mail):  # their other addresses too, but only a person can say whose they are
        pauses.pause(mail.rt, wishes.whose(mail), PauseReason.STOP_UNCLEAR)
    if Mark.ERASE in mail.reading.understood.marks:
        for member_id in mail.owners:
            members.ask_erasure(mail.rt, member_id)
    for let_go in LETS_GO:
        let_go(mail)
    if any(new) and wishes.is_confirmed(mail):
        echo(mail, "stop_done", cause=f"{STOP_CAUSE}{mail.raw_id}")


def stopped(mail: Mail) -> Outcome:
    """A plain wish to stop is done with; one with other words in it still goes to a person."""
    if mail.reading.understood.stop is not Stop.CERTAIN or not wishes.is_all(mail):
        return Pass()
    return Done("stopped")


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
