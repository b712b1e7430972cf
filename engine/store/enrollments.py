"""Enrollments: one member's walk through one sequence, and their place in it."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import ID, Base, Moment, table_of, words
from engine.store.members import Member
from engine.store.sequences import Sequence, SequenceState
from engine.vocabulary.ids import EnrollmentId, MemberId, RevisionId, SequenceId
from engine.vocabulary.words import Channel, Ending, EnrollmentState


class Enrollment(Base):
    """`due_at` is the only schedule: the moment the walk is looked at next. None: nothing to wait for."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("member_id", "sequence_id"),
        Index(
            "ix_enrollments_due",
            "due_at",
            "id",
            sqlite_where=text("state = 'walking'"),
            postgresql_where=text("state = 'walking'"),
        ),
    )

    id: Mapped[EnrollmentId] = mapped_column(ID, primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"))
    sequence_id: Mapped[SequenceId] = mapped_column(ForeignKey("sequences.id"), index=True)
    revision_id: Mapped[RevisionId] = mapped_column(ForeignKey("revisions.id"))  # last walked by
    state: Mapped[EnrollmentState] = mapped_column(words(EnrollmentState))
    started_at: Mapped[datetime] = mapped_column(Moment)
    last_step: Mapped[str | None] = mapped_column(String(60))  # sent or passed by
    last_step_at: Mapped[datetime | None] = mapped_column(Moment)
    branch: Mapped[str | None] = mapped_column(String(60))  # the step a reply told us to go to
    branch_at: Mapped[datetime | None] = mapped_column(Moment)
    replied_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ending: Mapped[Ending | None] = mapped_column(words(Ending))


@dataclass(frozen=True)
class Walker:
    """A due enrollment with what deciding its next move needs."""

    id: EnrollmentId
    member_id: MemberId
    sequence_id: SequenceId
    revision_id: RevisionId  # the published one now
    started_at: datetime
    last_step: str | None
    last_step_at: datetime | None
    branch: str | None
    branch_at: datetime | None
    replied_at: datetime | None
    language: str
    zone: str
    channel: Channel  # the one the member chose
    joined_at: datetime


def due_walkers(session: Session, now: datetime, limit: int) -> list[Walker]:
    """Those whose moment has come in a running sequence, longest due first, locked for this transaction."""
    walk = table_of(Enrollment)
    query = (
        select(
            walk.c.id, walk.c.member_id, walk.c.sequence_id, Sequence.revision_id, walk.c.started_at,
            walk.c.last_step, walk.c.last_step_at, walk.c.branch, walk.c.branch_at, walk.c.replied_at,
            Member.language, Member.zone, Member.channel, Member.joined_at,
        )
        .join(Sequence, Sequence.id == walk.c.sequence_id)
        .join(Member, Member.id == walk.c.member_id)
        .where(text("enrollments.state = 'walking'"), walk.c.due_at <= now)
        .where(Sequence.state == SequenceState.RUNNING)
        .order_by(walk.c.due_at, walk.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=walk)
    )  # fmt: skip
    return [Walker(*row) for row in session.execute(query)]


@dataclass(frozen=True)
class Move:
    """Where a walker stands after a move."""

    id: EnrollmentId
    revision_id: RevisionId
    state: EnrollmentState
    due_at: datetime | None
    last_step: str | None
    last_step_at: datetime | None
    branch: str | None
    branch_at: datetime | None
    ending: Ending | None = None
    ended_at: datetime | None = None


def take_places(session: Session, moves: list[Move]) -> None:
    """Writes every walker's new place in one statement."""
    if not moves:
        return
    walk = table_of(Enrollment)
    names = [field.name for field in fields(Move) if field.name != "id"]
    statement = (
        update(walk)
        .where(walk.c.id == bindparam("walker"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    rows = [{"walker": m.id} | {f"new_{name}": getattr(m, name) for name in names} for m in moves]
    session.connection().execute(statement, rows)


def of_member(session: Session, member_id: MemberId, *states: EnrollmentState) -> list[Enrollment]:
    query = select(Enrollment).where(Enrollment.member_id == member_id, Enrollment.state.in_(states))
    return list(session.execute(query).scalars())
