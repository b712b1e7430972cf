"""Signs of life of the worker and the clock."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base, Moment, database_now, table_of, upsert


class Heartbeat(Base):
    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)  # by the database's clock


def beat(session: Session, name: str) -> None:
    upsert(session, table_of(Heartbeat), ["name"], {"name": name, "at": database_now(session)})


def beats(session: Session) -> dict[str, datetime]:
    return {row.name: row.at for row in session.execute(select(Heartbeat)).scalars()}
