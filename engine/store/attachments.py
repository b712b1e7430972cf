"""Files that came with messages. Their bytes are blobs, named by a keyed hash of them: the same bytes are
kept once, and the name tells nobody which bytes they are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ForeignKey, String, UniqueConstraint, delete, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import KeyRing, Sealed, SealedBytes
from engine.store.base import HASH, ID, Base, Moment, insert_new, table_of, words
from engine.store.messages import Message
from engine.vocabulary.ids import AttachmentId, ConversationId, MessageId, RawId
from engine.vocabulary.words import AttachmentState

CLAIMED_FOR = timedelta(minutes=10)  # longer than one try takes; then another worker may


class Blob(Base):
    __tablename__ = "blobs"

    id: Mapped[str] = mapped_column(HASH, primary_key=True)  # KeyRing.blind_bytes of the content
    content: Mapped[bytes] = mapped_column(SealedBytes("blobs.content"))


class Attachment(Base):
    """`place` counts within the message. While WAITING, `due_at` is the next try."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("message_id", "place"),)

    id: Mapped[AttachmentId] = mapped_column(ID, primary_key=True)
    message_id: Mapped[MessageId] = mapped_column(ForeignKey("messages.id"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(Sealed("attachments.name"))  # cleaned; its ending is the sender's
    state: Mapped[AttachmentState] = mapped_column(words(AttachmentState))
    kind: Mapped[str] = mapped_column(String(40))  # the type, told from the bytes; "" while not known
    size: Mapped[int] = mapped_column(default=0)  # bytes, as they came
    blob_id: Mapped[str | None] = mapped_column(ForeignKey("blobs.id"), index=True)
    remade: Mapped[bool] = mapped_column(Boolean, default=False)  # a picture made anew by us
    source: Mapped[str | None] = mapped_column(Sealed("attachments.source"))  # where the provider has it
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """One file, for a page."""

    id: AttachmentId
    name: str
    state: AttachmentState
    kind: str
    size: int
    remade: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file whose next try is ours. `content` is None where it has yet to be fetched."""

    id: AttachmentId
    tries: int  # this one counted
    content: bytes | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a try has come to. `content` None: no bytes are kept."""

    state: AttachmentState
    kind: str = ""
    content: bytes | None = None
    size: int = 0  # as it came
    remade: bool = False
    due_at: datetime | None = None


def message_of(session: Session, raw_id: RawId) -> MessageId | None:
    return session.execute(select(Message.id).where(Message.raw_id == raw_id)).scalar()


def put(session: Session, keys: KeyRing, content: bytes) -> str:
    """Keeps these bytes, once; returns their name."""
    name = keys.blind_bytes("blob", content)
    insert_new(session, table_of(Blob), [{"id": name, "content": content}])
    return name


def of_messages(session: Session, message_ids: Iterable[MessageId]) -> dict[MessageId, list[Shown]]:
    """The files of each of these messages that has any, in their order."""
    query = (
        select(Attachment)
        .where(Attachment.message_id.in_(list(message_ids)))
        .order_by(Attachment.message_id, Attachment.place)
        .limit(2_000)
    )
    found: dict[MessageId, list[Shown]] = defaultdict(list)
    for row in session.execute(query).scalars():
        found[row.message_id].append(_shown(row))
    return dict(found)


def content_of(
    session: Session, conversation_id: ConversationId, attachment_id: AttachmentId
) -> tuple[Shown, bytes] | None:
    """A kept file of a message of this conversation, and its bytes."""
    query = (
        select(Attachment, Blob.content)
        .join(Message, Message.id == Attachment.message_id)
        .join(Blob, Blob.id == Attachment.blob_id)
        .where(Attachment.id == attachment_id, Message.conversation_id == conversation_id)
        .where(Attachment.state == AttachmentState.KEPT)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    return _shown(row[0]), row[1]


def _shown(row: Attachment) -> Shown:
    return Shown(row.id, row.name, row.state, row.kind, row.size, row.remade)


def claim(session: Session, now: datetime, limit: int) -> list[Claimed]:
    """The next tries that are due; nobody else gets them for a while."""
    due = (
        select(Attachment.id)
        .where(Attachment.due_at <= now)
        .order_by(Attachment.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(Attachment)
        .where(Attachment.id.in_(due.scalar_subquery()), Attachment.due_at <= now)
        .values(tries=Attachment.tries + 1, due_at=now + CLAIMED_FOR)
        .returning(Attachment.id, Attachment.tries, Attachment.blob_id, Attachment.source)
        .execution_options(synchronize_session=False)
    )
    return [
        Claimed(each, tries, _content(session, blob_id), source)
        for each, tries, blob_id, source in session.execute(taken).all()
    ]


def _content(session: Session, blob_id: str | None) -> bytes | None:
    return session.execute(select(Blob.content).where(Blob.id == blob_id)).scalar() if blob_id else None


def settle(session: Session, keys: KeyRing, claimed: Claimed, settled: Settled) -> None:
    """Writes down what a try has come to; nothing when a later try has begun. Bytes that nothing names any
    more go."""
    row = session.get(Attachment, claimed.id, with_for_update=True)
    if row is None or row.tries != claimed.tries or row.state is not AttachmentState.WAITING:
        return
    before = row.blob_id
    row.blob_id = put(session, keys, settled.content) if settled.content is not None else None
    row.state, row.kind, row.remade = settled.state, settled.kind, settled.remade
    row.size, row.due_at = settled.size, settled.due_at
    session.flush()
    if before is not None:
        _drop_unnamed(session, [before])


def delete_with(session: Session, message_ids: Sequence[MessageId]) -> None:
    """Deletes the files of these messages, and the bytes that no other message came with."""
    gone = delete(Attachment).where(Attachment.message_id.in_(message_ids)).returning(Attachment.blob_id)
    _drop_unnamed(session, [each for each in session.execute(gone).scalars() if each is not None])


def _drop_unnamed(session: Session, blob_ids: Sequence[str]) -> None:
    named = exists().where(Attachment.blob_id == Blob.id)
    session.execute(delete(Blob).where(Blob.id.in_(blob_ids), ~named))
