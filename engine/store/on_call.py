"""Who is on call: organizers in an order, and by which ways each is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import Base, Moment
from engine.store.organizers import Organizer
from engine.vocabulary.ids import OrganizerId


class OnCall(Base):
    __tablename__ = "on_call"

    organizer_id: Mapped[OrganizerId] = mapped_column(ForeignKey("organizers.id"), primary_key=True)
    place: Mapped[int]  # who is called first has the smallest
    phone: Mapped[str] = mapped_column(Sealed("on_call.phone"), default="")
    by_email: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Watcher:
    """One who is on call. `phone` is empty where no text is wanted."""

    organizer_id: OrganizerId
    name: str
    language: str
    phone: str
    by_email: bool


def roster(session: Session) -> list[Watcher]:
    """The active ones, by their place."""
    query = (
        select(OnCall, Organizer)
        .join(Organizer, Organizer.id == OnCall.organizer_id)
        .where(Organizer.active)
        .order_by(OnCall.place, OnCall.organizer_id)
    )
    return [
        Watcher(row.organizer_id, organizer.name, organizer.language, row.phone, row.by_email)
        for row, organizer in session.execute(query)
    ]


def size(session: Session) -> int:
    query = (
        select(func.count(OnCall.organizer_id))
        .join(Organizer, Organizer.id == OnCall.organizer_id)
        .where(Organizer.active)
    )
    return session.execute(query).scalar_one()


def replace(session: Session, rows: Sequence[OnCall]) -> None:
    session.execute(delete(OnCall))
    session.add_all(rows)


def move_last(session: Session, organizer_id: OrganizerId) -> None:
    """Whoever had a turn is called last from now on."""
    last = session.execute(select(func.max(OnCall.place))).scalar() or 0
    session.execute(update(OnCall).where(OnCall.organizer_id == organizer_id).values(place=last + 1))
