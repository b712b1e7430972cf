"""Conversations, their assignments and private notes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, words
from engine.vocabulary.ids import ConversationId, MemberId, NoteId, OrganizerId
from engine.vocabulary.words import Channel, ConversationState, Outcome


class Conversation(Base):
    """Messages between one member and the community, across channels; at most one not closed.

    Without a member it "needs matching": `sender_hash` then gathers what one stranger wrote.
    `waiting_since` is the first unanswered inbound; only a human send or a close clears it.
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
        Index("ix_conversations_assignee", "assignee_id", "state", "waiting_since", "id"),
        Index("ix_conversations_queue", "state", "waiting_since", "id"),
        Index("ix_conversations_recent", "state", "last_activity_at", "id"),
    )

    id: Mapped[ConversationId] = mapped_column(ID, primary_key=True)
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    sender_hash: Mapped[str | None] = mapped_column(HASH)
    candidate_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))  # preselected in matching
    state: Mapped[ConversationState] = mapped_column(words(ConversationState))
    urgent: Mapped[bool] = mapped_column(default=False)  # words of distress: a person first, at once
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
