"""Deadlines that are not a walk's: closing a conversation, ending a snooze."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import ID, Base, Moment, table_of, upsert, words
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


def set_timer(session: Session, timer_id: TimerId, kind: TimerKind, scope: str, due_at: datetime) -> None:
    """Sets it, or moves the one that stands for this kind and scope."""
    row = {"id": timer_id, "kind": kind, "scope": scope, "due_at": due_at}
    upsert(session, table_of(Timer), ["kind", "scope"], row)


def clear_timer(session: Session, kind: TimerKind, scope: str) -> None:
    session.execute(delete(Timer).where(Timer.kind == kind, Timer.scope == scope))


@dataclass(frozen=True)
class Rung:
    id: TimerId
    kind: TimerKind
    scope: str


def due_timers(session: Session, now: datetime, limit: int) -> list[Rung]:
    query = (
        select(Timer.id, Timer.kind, Timer.scope)
        .where(Timer.due_at <= now)
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    )
    return [Rung(*row) for row in session.execute(query)]
