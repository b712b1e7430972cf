"""Danger and distress: looked for before anything else can go wrong with a message."""

from engine.actions import alerts
from engine.actions.alerts import Cry
from engine.actions.pauses import Whose
from engine.vocabulary.words import Intent, MailKind
from inbound.machines import is_answer
from inbound.mail import Mail, Noted, Outcome, Pass
from inbound.people import know_sender

_WORDS_OF_PEOPLE = (MailKind.PERSON, MailKind.CALENDAR, MailKind.ENCRYPTED, MailKind.UNREADABLE)
# The rules that see no other person in it. Whatever else decided, somebody who does harm may read along.
_ALONE_WITH_IT = ("suicide", "self_harm", "overdose", "medical")


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
    """Unless a rule says surely that nobody else is in it: a text of ours on that phone may do harm."""
    said = [each for each in mail.reading.understood.meanings if each.intent is Intent.CRISIS]
    return not said or not all(any(name in each.because for name in _ALONE_WITH_IT) for each in said)
