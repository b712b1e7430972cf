"""Mail that was cut wrong, with the words that count as a person says: to make the reader better."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import Base, Moment
from engine.store.raw import KeptRaw, Raw, kept_of
from engine.vocabulary.ids import OrganizerId, RawId


class Example(Base):
    """One for each mail: what was said last counts."""

    __tablename__ = "examples"

    raw_id: Mapped[RawId] = mapped_column(ForeignKey("raw.id"), primary_key=True)
    wanted: Mapped[str] = mapped_column(Sealed("examples.wanted"))
    organizer_id: Mapped[OrganizerId] = mapped_column(ForeignKey("organizers.id"))
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Kept:
    """The mail as it came, and its words as they should have been read."""

    raw_id: RawId
    mail: KeptRaw
    wanted: str


def put(session: Session, example: Example) -> None:
    session.execute(delete(Example).where(Example.raw_id == example.raw_id))
    session.add(example)


def wanted_of(session: Session, raw_id: RawId) -> str | None:
    row = session.get(Example, raw_id)
    return None if row is None else row.wanted


def every(session: Session) -> Iterator[Kept]:
    """The oldest mail first."""
    query = select(Example, Raw).join(Raw, Raw.id == Example.raw_id).order_by(Example.raw_id)
    for example, row in session.execute(query.execution_options(yield_per=50)):
        yield Kept(example.raw_id, kept_of(row), example.wanted)
