"""One conversation's page: who it is with, what was said, and what is being answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.conversations import Conversation
from engine.store.members import Member
from engine.store.messages import Message
from engine.store.organizers import Organizer
from engine.store.raw import KeptRaw, Raw, kept_of
from engine.vocabulary.ids import ConversationId, DeliveryId, MemberId, MessageId, OrganizerId, RawId
from engine.vocabulary.words import Channel, ConversationState, Direction, MailKind, Outcome, Trust


@dataclass(frozen=True)
class Talk:
    id: ConversationId
    version: int
    state: ConversationState
    urgent: bool
    member_id: MemberId | None
    candidate_id: MemberId | None
    assignee_id: OrganizerId | None
    assignee: str | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    channel: Channel  # the member's last
    step: str | None
    answers: DeliveryId | None  # what the newest message answers


def talk(session: Session, conversation_id: ConversationId) -> Talk | None:
    row = session.get(Conversation, conversation_id)
    if row is None:
        return None
    assignee = session.get(Organizer, row.assignee_id) if row.assignee_id else None
    return Talk(
        id=row.id,
        version=row.version,
        state=row.state,
        urgent=row.urgent,
        member_id=row.member_id,
        candidate_id=row.candidate_id,
        assignee_id=row.assignee_id,
        assignee=assignee.name if assignee else None,
        waiting_since=row.waiting_since,
        snoozed_until=row.snoozed_until,
        closed_at=row.closed_at,
        outcome=row.outcome,
        channel=row.last_channel,
        step=row.step,
        answers=_answers(session, conversation_id),
    )


def _answers(session: Session, conversation_id: ConversationId) -> DeliveryId | None:
    query = (
        select(Message.answers)
        .where(Message.conversation_id == conversation_id, Message.direction == Direction.IN)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


@dataclass(frozen=True)
class Inbound:
    """One message that came in, with what helps to judge it."""

    id: MessageId
    at: datetime
    sender: str
    subject: str
    body: str
    body_full: str
    html: bool
    trust: Trust | None
    channel: Channel
    mail_kind: MailKind | None
    raw_id: RawId | None


def inbound(session: Session, conversation_id: ConversationId, limit: int = 100) -> list[Inbound]:
    """What came in, oldest first."""
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.direction == Direction.IN)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(limit)
    )
    return [_inbound(row) for row in reversed(session.execute(query).scalars().all())]


def _inbound(row: Message) -> Inbound:
    return Inbound(
        id=row.id,
        at=row.at,
        sender=row.sender or "",
        subject=row.subject,
        body=row.body,
        body_full=row.body_full or "",
        html=row.body_html is not None,
        trust=row.trust,
        channel=row.channel,
        mail_kind=row.kind,
        raw_id=row.raw_id,
    )


def came_in(session: Session, conversation_id: ConversationId, message_id: MessageId) -> bool:
    """Whether this is an inbound message of that conversation."""
    row = session.get(Message, message_id)
    return row is not None and row.conversation_id == conversation_id and row.direction is Direction.IN


def html_of(session: Session, conversation_id: ConversationId, message_id: MessageId) -> str | None:
    """The HTML a message came with, as it came: never show it before it is cleaned."""
    row = session.get(Message, message_id)
    return row.body_html if row is not None and row.conversation_id == conversation_id else None


@dataclass(frozen=True)
class Candidate:
    """Who a stranger may be."""

    id: MemberId
    name: str
    neighborhood: str


def candidate(session: Session, member_id: MemberId) -> Candidate | None:
    row = session.get(Member, member_id)
    if row is None:
        return None
    return Candidate(row.id, f"{row.first_name} {row.last_name}".strip(), row.neighborhood)


@dataclass(frozen=True)
class Filed:
    """Where a kept mail has come to stand, and why."""

    message_id: MessageId
    conversation_id: ConversationId | None
    member_id: MemberId | None
    words: str
    trust: Trust | None


def filed(session: Session, raw_id: RawId) -> Filed | None:
    row = session.execute(select(Message).where(Message.raw_id == raw_id)).scalar()
    if row is None:
        return None
    return Filed(row.id, row.conversation_id, row.member_id, row.body, row.trust)


def newest_kept(session: Session, conversation_id: ConversationId) -> KeptRaw | None:
    """The newest message that came in, as it came."""
    query = (
        select(Raw)
        .join(Message, Message.raw_id == Raw.id)
        .where(Message.conversation_id == conversation_id)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    row = session.execute(query).scalar()
    return kept_of(row) if row is not None else None
