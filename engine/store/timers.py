"""Deadlines that are not a walk's: closing a conversation, ending a snooze."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import ID, Base, Moment, words
from engine.vocabulary.ids import TimerId
from engine.vocabulary.words import TimerKind


class Timer(Base):
    """One per kind and scope: setting it again moves it."""

    __tablename__ = "timers"
    __table_args__ = (UniqueConstraint("kind", "scope"), Index("ix_timers_due_at_id", "due_at", "id"))

    id: Mapped[TimerId] = mapped_column(ID, primary_key=True)
    kind: Mapped[TimerKind] = mapped_column(words(TimerKind))
    scope: Mapped[str] = mapped_column(String(26))  # the conversation's id
    due_at: Mapped[datetime] = mapped_column(Moment)
