"""Sequences and one-off letters, and their immutable published Revisions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import HASH, ID, Base, Moment, words
from engine.vocabulary.ids import OrganizerId, RevisionId, SequenceId


class SequenceKind(StrEnum):
    SEQUENCE = "sequence"
    LETTER = "letter"  # one letter to an audience, once


class SequenceState(StrEnum):
    DRAFT = "draft"  # nothing published, or a one-off letter not sent yet
    RUNNING = "running"
    PAUSED = "paused"  # nobody advances; nothing leaves
    FINISHED = "finished"  # a one-off letter that was sent or cancelled


class Sequence(Base):
    __tablename__ = "sequences"

    id: Mapped[SequenceId] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[SequenceKind] = mapped_column(words(SequenceKind))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[SequenceState] = mapped_column(words(SequenceState))
    revision_id: Mapped[RevisionId | None] = mapped_column(String(26))  # the published one
    created_at: Mapped[datetime] = mapped_column(Moment)


class Revision(Base):
    """One published bundle: the original and its translations. Never changed after it is written."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("sequence_id", "number"),)

    id: Mapped[RevisionId] = mapped_column(ID, primary_key=True)
    sequence_id: Mapped[SequenceId] = mapped_column(ForeignKey("sequences.id"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(HASH)  # of all its texts; publishing the same again changes nothing
    published_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))


class RevisionText(Base):
    """The file of one language, byte for byte as it was published."""

    __tablename__ = "revision_texts"

    revision_id: Mapped[RevisionId] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    original: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)


def by_name(session: Session, name: str) -> Sequence | None:
    return session.execute(select(Sequence).where(Sequence.name == name)).scalar_one_or_none()


def texts_of(session: Session, revision_id: RevisionId) -> list[RevisionText]:
    """The files of one Revision, the original first."""
    query = (
        select(RevisionText)
        .where(RevisionText.revision_id == revision_id)
        .order_by(RevisionText.original.desc(), RevisionText.language)
    )
    return list(session.execute(query).scalars())


def running(session: Session) -> list[Sequence]:
    """Sequences (not one-off letters) that walk now."""
    query = select(Sequence).where(
        Sequence.state == SequenceState.RUNNING, Sequence.kind == SequenceKind.SEQUENCE
    )
    return list(session.execute(query).scalars())


def last_number(session: Session, sequence_id: SequenceId) -> int:
    """The number of the newest Revision; 0 when nothing was published."""
    query = select(func.max(Revision.number)).where(Revision.sequence_id == sequence_id)
    return session.execute(query).scalar() or 0
