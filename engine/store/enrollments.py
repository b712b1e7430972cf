"""Enrollments: one member's walk through one sequence, and their place in it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import ID, Base, Moment, words
from engine.vocabulary.ids import EnrollmentId, MemberId, RevisionId, SequenceId
from engine.vocabulary.words import Ending, EnrollmentState


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
