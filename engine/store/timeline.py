"""One member's timeline: everything said and sent, and what changed about reaching them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.store.addresses import Address, AddressMember, Suppression
from engine.store.consents import Consent
from engine.store.conversations import Conversation, Note
from engine.store.deliveries import Delivery
from engine.store.enrollments import Enrollment
from engine.store.messages import Message
from engine.store.organizers import Organizer
from engine.store.sequences import Revision, Sequence
from engine.vocabulary.ids import ConversationId, DeliveryId, MemberId, MessageId, RawId
from engine.vocabulary.words import Author, Channel, Direction, MailKind, Trust


class EntryKind(StrEnum):
    WROTE = "wrote"  # the member, to us
    WAS_WRITTEN = "was_written"  # an organizer or the machine, to the member
    LETTER = "letter"  # one step of a sequence, or a one-off letter
    BEGAN = "began"  # a walk
    ENDED = "ended"  # a walk
    CONSENT = "consent"
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"
    NOTE = "note"


@dataclass(frozen=True)
class Entry:
    """`title` names the sequence, step or subject; `state` is the value of the closed list that goes
    with the kind (a DeliveryState, Ending, ConsentState or SuppressionReason)."""

    at: datetime
    kind: EntryKind
    channel: Channel | None = None
    who: str = ""  # an organizer's name
    title: str = ""
    words: str = ""
    state: str = ""
    reason: str = ""
    by_machine: bool = False
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None
    delivery_id: DeliveryId | None = None  # a letter that left can be shown again
    trust: Trust | None = None  # how sure we are who wrote
    html: bool = False  # it came with an HTML form
    mail_kind: MailKind | None = None  # what came in
    raw_id: RawId | None = None  # and how


def timeline(
    session: Session, member_id: MemberId, before: datetime | None = None, limit: int = 50
) -> list[Entry]:
    """The newest first; `before` is the moment of the last entry of the page before."""
    kinds = (_messages, _letters, _walks_begun, _walks_ended, _consents, _suppressions, _liftings, _notes)
    entries = chain.from_iterable(kind(session, member_id, before, limit) for kind in kinds)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def _until(
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], before: datetime | None
) -> ColumnElement[bool]:
    return column.is_not(None) if before is None else column < before


def _messages(session: Session, member_id: MemberId, before: datetime | None, limit: int) -> Iterator[Entry]:
    query = (
        select(Message, Organizer.name, Delivery.state, Delivery.reason)
        .outerjoin(Organizer, Organizer.id == Message.organizer_id)
        .outerjoin(Delivery, Delivery.message_id == Message.id)
        .where(Message.member_id == member_id, _until(Message.at, before))
        .order_by(Message.at.desc())
        .limit(limit)
    )
    for message, who, state, reason in session.execute(query):
        yield Entry(
            at=message.at,
            kind=EntryKind.WROTE if message.direction is Direction.IN else EntryKind.WAS_WRITTEN,
            channel=message.channel,
            who=who or "",
            title=message.subject,
            words=message.body,
            state=state or "",
            reason=reason or "",
            by_machine=message.author is Author.MACHINE,
            conversation_id=message.conversation_id,
            message_id=message.id,
            trust=message.trust,
            html=message.body_html is not None,
            mail_kind=message.kind,
            raw_id=message.raw_id,
        )


def _letters(session: Session, member_id: MemberId, before: datetime | None, limit: int) -> Iterator[Entry]:
    query = (
        select(Delivery, Sequence.title)
        .join(Revision, Revision.id == Delivery.revision_id)
        .join(Sequence, Sequence.id == Revision.sequence_id)
        .where(Delivery.member_id == member_id, _until(Delivery.due_at, before))
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    for delivery, title in session.execute(query):
        yield Entry(
            at=delivery.accepted_at or delivery.due_at,
            kind=EntryKind.LETTER,
            channel=delivery.channel,
            title=f"{title} · {delivery.step}",
            state=delivery.state,
            reason=delivery.reason or "",
            delivery_id=delivery.id if delivery.skeleton_hash else None,
        )


def _walks_begun(
    session: Session, member_id: MemberId, before: datetime | None, limit: int
) -> Iterator[Entry]:
    query = (
        select(Enrollment.started_at, Sequence.title)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(Enrollment.member_id == member_id, _until(Enrollment.started_at, before))
        .order_by(Enrollment.started_at.desc())
        .limit(limit)
    )
    for at, title in session.execute(query):
        yield Entry(at=at, kind=EntryKind.BEGAN, title=title)


def _walks_ended(
    session: Session, member_id: MemberId, before: datetime | None, limit: int
) -> Iterator[Entry]:
    query = (
        select(Enrollment.ended_at, Enrollment.ending, Sequence.title)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(Enrollment.member_id == member_id, _until(Enrollment.ended_at, before))
        .order_by(Enrollment.ended_at.desc())
        .limit(limit)
    )
    for at, ending, title in session.execute(query):
        if at is not None:
            yield Entry(at=at, kind=EntryKind.ENDED, title=title, state=ending or "")


def _consents(session: Session, member_id: MemberId, before: datetime | None, limit: int) -> Iterator[Entry]:
    query = (
        select(Consent, Address.channel)
        .join(Address, Address.id == Consent.address_id)
        .where(Consent.member_id == member_id, _until(Consent.at, before))
        .order_by(Consent.at.desc())
        .limit(limit)
    )
    for consent, channel in session.execute(query):
        yield Entry(
            at=consent.at,
            kind=EntryKind.CONSENT,
            channel=channel,
            words=consent.wording,
            state=consent.state,
            reason=consent.how,
        )


def _suppressions(
    session: Session, member_id: MemberId, before: datetime | None, limit: int
) -> Iterator[Entry]:
    query = (
        select(Suppression.at, Suppression.reason, Address.channel)
        .join(Address, Address.id == Suppression.address_id)
        .join(AddressMember, AddressMember.address_id == Address.id)
        .where(AddressMember.member_id == member_id, _until(Suppression.at, before))
        .order_by(Suppression.at.desc())
        .limit(limit)
    )
    for at, reason, channel in session.execute(query):
        yield Entry(at=at, kind=EntryKind.SUPPRESSED, channel=channel, state=reason)


def _liftings(session: Session, member_id: MemberId, before: datetime | None, limit: int) -> Iterator[Entry]:
    query = (
        select(Suppression.lifted_at, Suppression.reason, Address.channel)
        .join(Address, Address.id == Suppression.address_id)
        .join(AddressMember, AddressMember.address_id == Address.id)
        .where(AddressMember.member_id == member_id, _until(Suppression.lifted_at, before))
        .order_by(Suppression.lifted_at.desc())
        .limit(limit)
    )
    for at, reason, channel in session.execute(query):
        if at is not None:
            yield Entry(at=at, kind=EntryKind.LIFTED, channel=channel, state=reason)


def _notes(session: Session, member_id: MemberId, before: datetime | None, limit: int) -> Iterator[Entry]:
    query = (
        select(Note, Organizer.name)
        .join(Conversation, Conversation.id == Note.conversation_id)
        .join(Organizer, Organizer.id == Note.organizer_id)
        .where(Conversation.member_id == member_id, _until(Note.at, before))
        .order_by(Note.at.desc())
        .limit(limit)
    )
    for note, who in session.execute(query):
        yield Entry(
            at=note.at,
            kind=EntryKind.NOTE,
            who=who,
            words=note.body,
            conversation_id=note.conversation_id,
        )
