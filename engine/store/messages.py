"""Messages: words one party sent another. Letters of a sequence are not here but in the ledger
(`deliveries`), which can rebuild each of them; a timeline shows both."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, words
from engine.vocabulary.ids import (
    AddressId,
    ConversationId,
    DeliveryId,
    MemberId,
    MessageId,
    OrganizerId,
    RawId,
)
from engine.vocabulary.words import Author, Channel, Direction, MailKind, Trust


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_conversation_id_at_id", "conversation_id", "at", "id"),
        Index("ix_messages_member_id_at_id", "member_id", "at", "id"),
    )

    id: Mapped[MessageId] = mapped_column(ID, primary_key=True)
    conversation_id: Mapped[ConversationId | None] = mapped_column(ForeignKey("conversations.id"))
    direction: Mapped[Direction] = mapped_column(words(Direction))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    author: Mapped[Author] = mapped_column(words(Author))
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    organizer_id: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))
    address_id: Mapped[AddressId | None] = mapped_column(ForeignKey("addresses.id"))
    sender: Mapped[str | None] = mapped_column(Sealed("messages.sender"))  # inbound: as written
    subject: Mapped[str] = mapped_column(Sealed("messages.subject"), default="")
    body: Mapped[str] = mapped_column(Sealed("messages.body"))  # inbound: the new words only
    body_full: Mapped[str | None] = mapped_column(Sealed("messages.body_full"))  # inbound: all of the text
    body_html: Mapped[str | None] = mapped_column(Sealed("messages.body_html"))  # inbound: never cleaned here
    rfc_message_id: Mapped[str | None] = mapped_column(String(998))  # the mail header, with its brackets
    rfc_hash: Mapped[str | None] = mapped_column(HASH, index=True)  # sha256 of it
    in_reply_to: Mapped[str | None] = mapped_column(String(998))  # outbound: the mail header it answers
    raw_id: Mapped[RawId | None] = mapped_column(ForeignKey("raw.id"), unique=True)
    kind: Mapped[MailKind | None] = mapped_column(words(MailKind))  # inbound
    trust: Mapped[Trust | None] = mapped_column(words(Trust))  # inbound
    answers: Mapped[DeliveryId | None] = mapped_column(ID)  # inbound: the delivery being answered
    files: Mapped[str | None] = mapped_column(Sealed("messages.files"))  # JSON list of the parts' names
    at: Mapped[datetime] = mapped_column(Moment)


def last_inbound_subject(session: Session, conversation_id: ConversationId) -> str:
    """The subject of the newest email in it that came in; empty when there is none."""
    query = (
        select(Message.subject)
        .where(Message.conversation_id == conversation_id)
        .where(Message.direction == Direction.IN, Message.channel == Channel.EMAIL)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar() or ""


def newest_inbound(session: Session, conversation_id: ConversationId) -> MessageId | None:
    """The newest message in it that came in."""
    query = (
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.direction == Direction.IN)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def last_inbound_id(session: Session, conversation_id: ConversationId) -> str | None:
    """The Message-ID header of the newest email in it that came in."""
    query = (
        select(Message.rfc_message_id)
        .where(Message.conversation_id == conversation_id)
        .where(Message.direction == Direction.IN, Message.channel == Channel.EMAIL)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def addresses_written_from(session: Session, conversation_id: ConversationId) -> list[AddressId]:
    query = (
        select(Message.address_id)
        .where(Message.conversation_id == conversation_id, Message.address_id.is_not(None))
        .distinct()
    )
    return [address_id for address_id in session.execute(query).scalars() if address_id is not None]


def last_heard(session: Session, member_id: MemberId) -> datetime | None:
    """When the member last wrote, on any channel."""
    query = (
        select(Message.at)
        .where(Message.member_id == member_id, Message.direction == Direction.IN)
        .order_by(Message.at.desc())
        .limit(1)
    )
    return session.execute(query).scalar()
