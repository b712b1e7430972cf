"""Held sending: while a hold stands for a channel, nothing of that channel is claimed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base, Moment, insert_new, table_of, words
from engine.vocabulary.words import Channel, HoldReason


class HoldRow(Base):
    __tablename__ = "holds"

    channel: Mapped[Channel] = mapped_column(words(Channel), primary_key=True)
    reason: Mapped[HoldReason] = mapped_column(words(HoldReason))
    detail: Mapped[str] = mapped_column(Text, default="")  # the other side's words, no address in them
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Hold:
    channel: Channel
    reason: HoldReason
    detail: str
    at: datetime


def hold(session: Session, wanted: Hold) -> bool:
    """False when the channel is held already: the first reason stays."""
    standing = select(HoldRow.channel).where(HoldRow.channel == wanted.channel)
    if session.execute(standing).scalar() is not None:
        return False
    row = {"channel": wanted.channel, "reason": wanted.reason, "detail": wanted.detail, "at": wanted.at}
    return bool(insert_new(session, table_of(HoldRow), [row], returning="channel"))


def release(session: Session, channel: Channel) -> bool:
    """False when it was not held."""
    gone = session.execute(delete(HoldRow).where(HoldRow.channel == channel).returning(HoldRow.channel))
    return bool(gone.all())


def standing(session: Session) -> list[Hold]:
    query = select(HoldRow.channel, HoldRow.reason, HoldRow.detail, HoldRow.at).order_by(HoldRow.channel)
    return [Hold(*row) for row in session.execute(query)]
