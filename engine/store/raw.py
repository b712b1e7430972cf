"""Raw inbound messages: kept and committed before we say 250 or 200, and never dropped."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import ID, Base, Moment, words
from engine.vocabulary.ids import RawId
from engine.vocabulary.words import RawKind, RawState


class Raw(Base):
    """`key` says which delivery of the outside world this is: a second one with the same key is the
    same message. `content` holds bytes as latin-1 text (email) or the form as JSON (SMS), sealed."""

    __tablename__ = "raw"
    __table_args__ = (Index("ix_raw_state_id", "state", "id"),)

    id: Mapped[RawId] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[RawKind] = mapped_column(words(RawKind))
    source: Mapped[str] = mapped_column(String(20))  # postoffice, imap, lmtp, twilio, webhook
    content: Mapped[str] = mapped_column(Sealed("raw.content"))
    envelope: Mapped[str | None] = mapped_column(Sealed("raw.envelope"))  # JSON {"sender", "recipients"}
    received_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[RawState] = mapped_column(words(RawState))
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(Text)  # the kind of error and where, no words of the mail
    outcome: Mapped[str | None] = mapped_column(String(40))  # which link of the table ended it, and how
    read_at: Mapped[datetime | None] = mapped_column(Moment)
