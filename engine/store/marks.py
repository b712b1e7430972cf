"""How far something outside was read, and what happened once: one small text per name."""

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base, table_of, upsert

REACHES_PEOPLE = "reaches people"  # set once something left by a real gateway


class Mark(Base):
    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[str] = mapped_column(String(100))


def mark(session: Session, name: str) -> str | None:
    return session.execute(select(Mark.value).where(Mark.name == name)).scalar()


def set_mark(session: Session, name: str, value: str) -> None:
    upsert(session, table_of(Mark), ["name"], {"name": name, "value": value})
