"""Conversations, their assignments and private notes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.rules.meanings import Need
from engine.store.base import HASH, ID, Base, Moment, table_of, words
from engine.vocabulary.ids import ConversationId, MemberId, NoteId, OrganizerId
from engine.vocabulary.words import Channel, ConversationState, Outcome


class Conversation(Base):
    """Messages between one member and the community, across channels; at most one not closed.

    Without a member it "needs matching": `sender_hash` then gathers what one stranger wrote.
    `waiting_since` is the first unanswered inbound; only a human send or a close clears it.
    `need` is the greatest among its unanswered words (the smallest number); an answer or a close ends it.
    `version` grows with every change: claims and replies compare it.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "uq_conversations_one_open",
            "member_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(
            "uq_conversations_one_stranger",
            "sender_hash",
            unique=True,
            sqlite_where=text("state <> 'closed' AND member_id IS NULL"),
            postgresql_where=text("state <> 'closed' AND member_id IS NULL"),
        ),
        Index("ix_conversations_assignee", "assignee_id", "state", "need", "waiting_since", "id"),
        Index("ix_conversations_queue", "state", "need", "waiting_since", "id"),
        Index("ix_conversations_recent", "state", "last_activity_at", "id"),
    )

    id: Mapped[ConversationId] = mapped_column(ID, primary_key=True)
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    sender_hash: Mapped[str | None] = mapped_column(HASH)
    candidate_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))  # preselected in matching
    state: Mapped[ConversationState] = mapped_column(words(ConversationState))
    need: Mapped[int] = mapped_column(SmallInteger, default=Need.REST, server_default=text("5"))
    assignee_id: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)
    last_activity_at: Mapped[datetime] = mapped_column(Moment)
    last_channel: Mapped[Channel] = mapped_column(words(Channel))
    last_preview: Mapped[str] = mapped_column(Sealed("conversations.last_preview"), default="")
    step: Mapped[str | None] = mapped_column(String(200))  # "sequence title · step" last answered
    snoozed_until: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome))
    version: Mapped[int] = mapped_column(default=1)

    @property
    def urgent(self) -> bool:
        """Words of danger or distress: a person first, at once."""
        return self.need <= Need.DISTRESS


class Assignment(Base):
    """Append-only: who was given a conversation, by whom or which rule, and why."""

    __tablename__ = "assignments"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    conversation_id: Mapped[ConversationId] = mapped_column(ForeignKey("conversations.id"), index=True)
    organizer_id: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))
    by_id: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))  # None: the routing rule
    reason: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment)


class Note(Base):
    """A private note of an organizer. In its own table: the sender never reads it."""

    __tablename__ = "notes"

    id: Mapped[NoteId] = mapped_column(ID, primary_key=True)
    conversation_id: Mapped[ConversationId] = mapped_column(ForeignKey("conversations.id"), index=True)
    organizer_id: Mapped[OrganizerId] = mapped_column(ForeignKey("organizers.id"))
    body: Mapped[str] = mapped_column(Sealed("notes.body"))
    at: Mapped[datetime] = mapped_column(Moment)


def not_closed(session: Session, member_id: MemberId) -> Conversation | None:
    """The member's one conversation that is open, waiting or snoozed."""
    query = select(Conversation).where(
        Conversation.member_id == member_id, Conversation.state != ConversationState.CLOSED
    )
    return session.execute(query).scalar_one_or_none()


def closed_since(session: Session, member_id: MemberId, since: datetime) -> Conversation | None:
    """The member's latest conversation, if it was closed after `since`."""
    query = (
        select(Conversation)
        .where(Conversation.member_id == member_id, Conversation.closed_at >= since)
        .order_by(Conversation.closed_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def of_stranger(session: Session, sender_hash: str) -> Conversation | None:
    """The conversation that gathers what this unknown sender wrote and nobody has matched yet."""
    query = select(Conversation).where(
        Conversation.sender_hash == sender_hash,
        Conversation.member_id.is_(None),
        Conversation.state != ConversationState.CLOSED,
    )
    return session.execute(query).scalar_one_or_none()


def change(session: Session, conversation: Conversation, seen_version: int | None = None) -> bool:
    """Takes the right to change this row now by compare-and-set on its version; False when the version
    seen is no longer the one that stands. Call it before setting anything."""
    seen = conversation.version if seen_version is None else seen_version
    taken = session.execute(
        update(table_of(Conversation))
        .where(Conversation.id == conversation.id, Conversation.version == seen)
        .values(version=seen + 1)
        .returning(table_of(Conversation).c.id)
    ).scalar()
    if taken is not None:
        session.refresh(conversation)
    return taken is not None


def talking(session: Session, member_ids: Sequence[MemberId]) -> set[MemberId]:
    """Which of these members have a conversation that is not closed."""
    query = select(Conversation.member_id).where(
        Conversation.member_id.in_(member_ids), Conversation.state != ConversationState.CLOSED
    )
    return {member_id for member_id in session.execute(query).scalars() if member_id is not None}


def unassigned_waiting_longest(session: Session) -> ConversationId | None:
    """Of those a person must answer and nobody has: the greatest need first, then the longest wait."""
    query = (
        select(Conversation.id)
        .where(
            Conversation.state == ConversationState.OPEN,
            Conversation.assignee_id.is_(None),
            Conversation.member_id.is_not(None),
        )
        .order_by(Conversation.need, Conversation.waiting_since, Conversation.id)
        .limit(1)
    )
    return session.execute(query).scalar()


def mine_waiting_longest(session: Session, organizer_id: OrganizerId) -> ConversationId | None:
    query = (
        select(Conversation.id)
        .where(Conversation.state == ConversationState.OPEN, Conversation.assignee_id == organizer_id)
        .order_by(Conversation.need, Conversation.waiting_since, Conversation.id)
        .limit(1)
    )
    return session.execute(query).scalar()
