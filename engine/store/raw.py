"""Raw inbound messages: kept and committed before we say 250 or 200, and never dropped."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import ID, Base, Moment, insert_new, table_of, words
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


@dataclass(frozen=True)
class KeptRaw:
    """What a source hands over. `key` names this delivery of the outside world; see `Raw`."""

    key: str
    kind: RawKind
    source: str
    content: bytes  # the whole message, or the form as JSON
    received_at: datetime
    envelope_sender: str | None = None
    envelope_recipients: tuple[str, ...] = ()


def keep(session: Session, raw_id: RawId, kept: KeptRaw) -> bool:
    """Keeps it; False when the same delivery was kept before. Answer 250 or 200 after the commit only."""
    envelope = json.dumps({"sender": kept.envelope_sender, "recipients": kept.envelope_recipients})
    row = {
        "id": raw_id,
        "key": kept.key[:200],
        "kind": kept.kind,
        "source": kept.source,
        "content": kept.content.decode("latin-1"),
        "envelope": envelope,
        "received_at": kept.received_at,
        "state": RawState.KEPT,
        "tries": 0,
    }
    return bool(insert_new(session, table_of(Raw), [row]))


def kept_of(raw: Raw) -> KeptRaw:
    """What was handed over, back from its row."""
    envelope = json.loads(raw.envelope or "{}")
    return KeptRaw(
        key=raw.key,
        kind=raw.kind,
        source=raw.source,
        content=raw.content.encode("latin-1"),
        received_at=raw.received_at,
        envelope_sender=envelope.get("sender"),
        envelope_recipients=tuple(envelope.get("recipients") or ()),
    )


def waiting_to_be_read(session: Session, limit: int) -> list[RawId]:
    """The oldest first."""
    query = select(Raw.id).where(Raw.state == RawState.KEPT).order_by(Raw.id).limit(limit)
    return list(session.execute(query).scalars())


def still_kept(session: Session, raw_id: RawId) -> bool:
    """Whether it still waits to be read. Then nobody else reads it until this transaction ends."""
    query = select(Raw.state).where(Raw.id == raw_id).with_for_update()
    return session.execute(query).scalar() is RawState.KEPT


@dataclass(frozen=True)
class StuckMail:
    """Kept mail whose reading raised: what went wrong, never what it says."""

    id: RawId
    kind: RawKind
    source: str
    received_at: datetime
    tries: int
    problem: str | None


_SEEN = (Raw.id, Raw.kind, Raw.source, Raw.received_at, Raw.tries, Raw.problem)


def stuck(session: Session, limit: int = 100) -> list[StuckMail]:
    """The oldest first."""
    query = select(*_SEEN).where(Raw.state == RawState.STUCK).order_by(Raw.id).limit(limit)
    return [StuckMail(*row) for row in session.execute(query)]


@dataclass(frozen=True)
class KeptMail:
    """One kept message with what has become of it. `outcome` is the link of the table that ended it."""

    id: RawId
    state: RawState
    tries: int
    problem: str | None
    outcome: str | None
    kept: KeptRaw


def kept_one(session: Session, raw_id: RawId) -> KeptMail | None:
    row = session.get(Raw, raw_id)
    if row is None:
        return None
    return KeptMail(row.id, row.state, row.tries, row.problem, row.outcome, kept_of(row))


def is_stuck(session: Session, raw_id: RawId) -> str | None:
    """What went wrong with a stuck mail; None when it is not stuck."""
    query = select(Raw.problem).where(Raw.id == raw_id, Raw.state == RawState.STUCK)
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0] or "?")
