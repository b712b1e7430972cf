"""The sample town's people and words, and how they are removed without a trace of them left."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.store.addresses import Address, AddressMember, Suppression
from engine.store.alerts import Alert
from engine.store.base import Base, table_of
from engine.store.consents import Consent
from engine.store.conversations import Assignment, Conversation, Note
from engine.store.deliveries import Delivery
from engine.store.enrollments import Enrollment
from engine.store.examples import Example
from engine.store.meanings import ReplyExample, Understood
from engine.store.members import Member, MemberTag, MemberWord
from engine.store.messages import Message
from engine.store.on_call import OnCall
from engine.store.organizers import Organizer, SignIn
from engine.store.pauses import Pause
from engine.store.raw import Raw
from engine.store.sequences import Revision
from engine.store.timers import Timer
from engine.store.tokens import Token
from engine.vocabulary.ids import EnrollmentId, OrganizerId, SequenceId
from engine.vocabulary.words import EnrollmentState

PRETEND_SOURCE = "postoffice"

_people = select(Member.id).where(Member.sample)
_theirs_or_strangers = or_(Conversation.member_id.in_(_people), Conversation.member_id.is_(None))
_talks = select(Conversation.id).where(_theirs_or_strangers)
_words = or_(
    Message.member_id.in_(_people),
    and_(
        Message.member_id.is_(None),
        or_(Message.conversation_id.is_(None), Message.conversation_id.in_(_talks)),
    ),
)

_Column = InstrumentedAttribute[Any]
_OF_A_MEMBER: tuple[_Column, ...] = (
    Enrollment.member_id,
    Token.member_id,
    Consent.member_id,
    AddressMember.member_id,
    MemberTag.member_id,
    MemberWord.member_id,
    Alert.member_id,
    Pause.member_id,
)
_OF_AN_ADDRESS: tuple[_Column, ...] = (
    AddressMember.address_id,
    Message.address_id,
    Delivery.address_id,
    Consent.address_id,
    Token.address_id,
    Suppression.address_id,
    Alert.address_id,
    Pause.address_id,
)
_TAKEN_OVER: tuple[_Column, ...] = (Member.organizer_id, Note.organizer_id)
_LET_GO: tuple[_Column, ...] = (
    Conversation.assignee_id,
    Assignment.organizer_id,
    Assignment.by_id,
    Message.organizer_id,
    Revision.published_by,
    Alert.claimed_by,
    Alert.resolved_by,
    Pause.lifted_by,
    Understood.corrected_by,
)


def real_walks(session: Session, sequence_id: SequenceId) -> list[EnrollmentId]:
    """Who is no sample member and still walks this sequence."""
    query = select(Enrollment.id).where(
        Enrollment.sequence_id == sequence_id,
        Enrollment.state != EnrollmentState.ENDED,
        Enrollment.member_id.not_in(_people),
    )
    return list(session.execute(query).scalars())


def remove_words(session: Session) -> None:
    """All that was said to and by sample members and strangers, and the mail it came in."""
    _delete(
        session,
        Delivery,
        or_(
            Delivery.member_id.in_(_people),
            Delivery.member_id.is_(None),
            Delivery.message_id.in_(select(Message.id).where(_words)),
        ),
    )
    _delete(session, Example, Example.raw_id.in_(select(Message.raw_id).where(_words)))
    pretend = select(Raw.id).where(Raw.source == PRETEND_SOURCE)
    for kind in (Alert, Pause):
        _delete(session, Timer, Timer.scope.in_(select(kind.id).where(kind.raw_id.in_(pretend))))
        _delete(session, kind, kind.raw_id.in_(pretend))
    said = select(Message.id).where(_words)
    _delete(session, ReplyExample, ReplyExample.message_id.in_(said))
    _delete(session, Understood, Understood.message_id.in_(said))
    _delete(session, Message, _words)
    _delete(session, Raw, Raw.source == PRETEND_SOURCE, ~exists().where(Message.raw_id == Raw.id))
    _delete(session, Timer, Timer.scope.in_(_talks))
    for column in (Assignment.conversation_id, Note.conversation_id):
        _delete(session, _table(column), column.in_(_talks))
    _delete(session, Conversation, _theirs_or_strangers)
    _point(session, Conversation.candidate_id, _people, None)


def remove_members(session: Session) -> None:
    """The sample members, when nothing they said is left. A suppression goes with an address of theirs."""
    linked = select(AddressMember.address_id).where(AddressMember.member_id.in_(_people))
    _delete(session, Suppression, Suppression.address_id.in_(linked))
    for column in _OF_A_MEMBER:
        _delete(session, _table(column), column.in_(_people))
    _delete(session, Member, Member.sample.is_(True))


def remove_organizers(session: Session, *, keep: OrganizerId) -> None:
    """The sample organizers but one, who takes over their members and notes."""
    gone = select(Organizer.id).where(Organizer.sample, Organizer.id != keep)
    for column in _TAKEN_OVER:
        _point(session, column, gone, keep)
    for column in _LET_GO:
        _point(session, column, gone, None)
    for column in (SignIn.organizer_id, Token.organizer_id, OnCall.organizer_id):
        _delete(session, _table(column), column.in_(gone))
    _delete(session, Organizer, Organizer.sample.is_(True), Organizer.id != keep)
    session.execute(update(table_of(Organizer)).where(Organizer.id == keep).values(sample=False))


def remove_stray_addresses(session: Session) -> None:
    """Addresses nobody has, nothing was said to, and nobody asked us to leave alone."""
    _delete(session, Address, *(~exists().where(column == Address.id) for column in _OF_AN_ADDRESS))


def _delete(session: Session, table: type[Base], *which: ColumnElement[bool]) -> None:
    session.execute(delete(table_of(table)).where(*which))


def _table(column: _Column) -> type[Base]:
    table = column.class_
    assert isinstance(table, type)
    assert issubclass(table, Base)
    return table


def _point(session: Session, column: _Column, gone: Select[Any], to: OrganizerId | None) -> None:
    """Where a column names one who goes, it names another, or nobody."""
    session.execute(update(table_of(_table(column))).where(column.in_(gone)).values({column.key: to}))
