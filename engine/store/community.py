"""What the community decided about itself: one row."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base, Moment
from engine.vocabulary.script import Window


class Community(Base):
    __tablename__ = "community"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(120))
    postal_address: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    opens: Mapped[str] = mapped_column(String(5), default="09:00")  # quiet before, local wall time
    closes: Mapped[str] = mapped_column(String(5), default="20:00")  # quiet from then on
    sample: Mapped[bool] = mapped_column(default=False)  # this is the sample town
    sign_up_open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


def the_community(session: Session) -> Community:
    """Raises LookupError where `porchlight init` or `make up` has not run yet."""
    row = session.get(Community, 1)
    if row is None:
        raise LookupError("There is no community here yet. Run `porchlight init` or `make up` first.")
    return row


def window_of(community: Community) -> Window:
    """The community's quiet hours, as a window; a sequence may only narrow it."""
    return Window(opens=time.fromisoformat(community.opens), closes=time.fromisoformat(community.closes))
