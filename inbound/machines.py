"""Links for what no person wrote: loops, bounces, complaints, out-of-office notes."""

from engine.actions import addresses, filing
from engine.actions.receipts import BadNews, note_bad_news
from engine.store.addresses import Address
from engine.store.deliveries import Answered, answered
from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.words import DeliveryState, MailKind, SuppressionReason
from inbound.addresses import TokenKind
from inbound.authentication import Authentication
from inbound.filing import reference_ids
from inbound.mail import Done, Mail, Outcome, Pass
from inbound.people import arrived_of, to_a_person
from inbound.reports import CalendarAnswer, is_by_a_calendar

_DROPPED = (MailKind.LOOP, MailKind.LIST, MailKind.RECEIPT)


def drop_noise(mail: Mail) -> Outcome:
    """Our own mail coming back, lists, receipts: kept as raw mail, answered by nobody. What comes through a
    list to a reply address is an answer all the same: a member may be written to by way of a group."""
    kind = mail.reading.verdict.kind
    if kind is MailKind.LIST and is_answer(mail):
        return Pass()
    return Done(kind.value) if kind in _DROPPED else Pass()


def is_answer(mail: Mail) -> bool:
    token = mail.reading.token
    if token is not None and token.kind is TokenKind.REPLY:
        return True
    return bool(reference_ids(mail.reading.incoming, mail.rt.settings.mail_domain))


def record_bounce(mail: Mail) -> Outcome:
    """A permanent one ends the address; a temporary one is only written down. What only speaks like a bounce
    is one when it is about a letter of ours, else a person reads it."""
    verdict = mail.reading.verdict
    if verdict.kind is not MailKind.BOUNCE:
        return Pass()
    failed = _delivery_of(mail)
    if failed is None and verdict.reason == "words":
        return Pass()
    if failed is not None and not _names_its_address(mail, failed):
        return Done("bounce")  # others can know a Message-ID: a report on another address moves nothing
    if failed is not None and failed.address_id is not None and verdict.permanent:
        note_bad_news(mail.rt, BadNews(failed.id, DeliveryState.BOUNCED, verdict.reason))
        addresses.suppress(mail.rt, failed.address_id, SuppressionReason.HARD_BOUNCE)
    return Done("bounce")


def record_complaint(mail: Mail) -> Outcome:
    """Somebody pressed "this is spam": never again, and no word to them about it. A report that neither came
    to our envelope address, nor names whom we wrote to, nor is authenticated is for a person to judge."""
    if mail.reading.verdict.kind is not MailKind.COMPLAINT:
        return Pass()
    about = _delivery_of(mail)
    passed = mail.reading.authentication is Authentication.PASSED
    if about is not None and not passed and not _names_its_address(mail, about):
        return Pass()
    if about is not None and about.address_id is not None:
        note_bad_news(mail.rt, BadNews(about.id, DeliveryState.COMPLAINED, mail.reading.verdict.reason))
        addresses.suppress(mail.rt, about.address_id, SuppressionReason.COMPLAINT)
    return Done("complaint")


def note_out_of_office(mail: Mail) -> Outcome:
    """Kept beside the member's messages; changes no state and gets no answer (RFC 3834)."""
    if mail.reading.verdict.kind is not MailKind.OUT_OF_OFFICE:
        return Pass()
    filing.keep_aside(mail.rt, arrived_of(mail))
    return Done("auto_reply")


def note_calendar(mail: Mail) -> Outcome:
    """The answer to an invitation stands in the conversation; words beside it wait for a person."""
    answer = mail.reading.verdict.calendar
    return Done("calendar") if answer is not None and not _has_words_beside(mail, answer) else Pass()


def _has_words_beside(mail: Mail, answer: CalendarAnswer) -> bool:
    """A comment, or words in the mail that are not the program's own "Ana has accepted this invitation"."""
    trimmed = mail.reading.trimmed
    if answer.comment:
        return True
    return trimmed.method != "calendar" and bool(trimmed.reply) and not is_by_a_calendar(trimmed.reply)


def show_to_a_person(mail: Mail) -> Outcome:
    """A challenge, what came through a list, a complaint of unknown origin: a person decides; nothing is
    obeyed nor answered."""
    shown = (MailKind.CHALLENGE, MailKind.LIST, MailKind.COMPLAINT)
    return to_a_person(mail) if mail.reading.verdict.kind in shown else Pass()


def _names_its_address(mail: Mail, failed: Answered) -> bool:
    """Our own envelope token proves the report; without it, the report must name whom we wrote to."""
    token = mail.reading.token
    if token is not None and token.kind is TokenKind.BOUNCE and token.id == failed.id:
        return True
    if failed.address_id is None:
        return False
    ours = mail.session.get_one(Address, failed.address_id).value
    return ours in {each.lower() for each in mail.reading.verdict.failed_recipients}


def _delivery_of(mail: Mail) -> Answered | None:
    """The delivery a report is about: our own envelope token first, then a Message-ID of ours in it."""
    for delivery_id in _named(mail):
        found = answered(mail.session, delivery_id)
        if found is not None:
            return found
    return None


def _named(mail: Mail) -> list[DeliveryId]:
    token = mail.reading.token
    known = token.id if token is not None and token.kind is TokenKind.BOUNCE else None
    domain = mail.rt.settings.mail_domain
    about = (*mail.reading.verdict.original_ids, *mail.reading.incoming.references)
    ours = [parts[0] for name in about if (parts := name.strip("<>").split("@"))[-1] == domain]
    return [DeliveryId(name) for name in ([known] if known else []) + ours]
