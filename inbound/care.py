"""Danger and distress: looked for before anything else can go wrong with a message."""

from engine.actions import alerts
from engine.actions.alerts import Cry
from engine.actions.pauses import Whose
from engine.vocabulary.words import Intent, MailKind
from inbound.machines import is_answer
from inbound.mail import Mail, Noted, Outcome, Pass
from inbound.people import know_sender

_WORDS_OF_PEOPLE = (MailKind.PERSON, MailKind.CALENDAR, MailKind.ENCRYPTED, MailKind.UNREADABLE)
_ABUSE = "abuse"  # in the name of the rule that saw it


def raise_alert(mail: Mail) -> Outcome:
    """Calls people and stops all automation for whoever wrote it, before the message is filed: a mail that
    cannot be filed is stuck, and the call has gone out."""
    crisis = mail.reading.understood.crisis
    if crisis is None or not _is_by_a_person(mail):
        return Pass()
    know_sender(mail)
    whose = Whose(mail.raw_id, mail.address_id, tuple(mail.owners))
    words = mail.reading.trimmed.reply or mail.reading.incoming.subject
    alerts.raise_alert(mail.rt, Cry(crisis, words, mail.kept.received_at, whose, _may_be_watched(mail)))
    return Noted()


def _is_by_a_person(mail: Mail) -> bool:
    kind = mail.reading.verdict.kind
    return kind in _WORDS_OF_PEOPLE or (kind is MailKind.LIST and is_answer(mail))


def _may_be_watched(mail: Mail) -> bool:
    """Whoever does them harm may read along."""
    said = (each for each in mail.reading.understood.meanings if each.intent is Intent.CRISIS)
    return any(_ABUSE in each.because for each in said)
