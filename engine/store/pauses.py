"""Pauses: members and addresses to whom nothing automatic goes until a person says so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.addresses import AddressMember
from engine.store.base import ID, Base, Moment, words
from engine.store.messages import addresses_written_from
from engine.vocabulary.ids import AddressId, ConversationId, MemberId, OrganizerId, PauseId, RawId
from engine.vocabulary.words import PauseEnd, PauseReason

WISHES = (PauseReason.STOP_LIKELY, PauseReason.STOP_UNCLEAR)


class Pause(Base):
    """Append-only: lifting one writes how and by whom. `cause` keeps the same words from pausing twice."""

    __tablename__ = "pauses"
    __table_args__ = (
        Index(
            "ix_pauses_standing_member",
            "member_id",
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(
            "ix_pauses_standing_address",
            "address_id",
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[PauseId] = mapped_column(ID, primary_key=True)
    cause: Mapped[str] = mapped_column(String(120), unique=True)
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    address_id: Mapped[AddressId | None] = mapped_column(ForeignKey("addresses.id"))
    reason: Mapped[PauseReason] = mapped_column(words(PauseReason))
    raw_id: Mapped[RawId | None] = mapped_column(ForeignKey("raw.id"))  # the words that did it
    would_stop: Mapped[str] = mapped_column(Text, default="")  # ids of the addresses that a stop closes
    at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)  # without an answer until then it is a stop
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))
    end: Mapped[PauseEnd | None] = mapped_column(words(PauseEnd))


@dataclass(frozen=True)
class Paused:
    """Of some members and addresses, those to whom nothing automatic may go."""

    members: frozenset[MemberId] = frozenset()
    addresses: frozenset[AddressId] = frozenset()


def paused(session: Session, members: Collection[MemberId], addresses: Collection[AddressId] = ()) -> Paused:
    return Paused(paused_members(session, members), _paused_addresses(session, addresses))


def paused_members(session: Session, ids: Collection[MemberId]) -> frozenset[MemberId]:
    """Paused themselves, or by one of their addresses."""
    if not ids:
        return frozenset()
    own = select(Pause.member_id).where(Pause.member_id.in_(ids), Pause.lifted_at.is_(None))
    linked = (
        select(AddressMember.member_id)
        .join(Pause, Pause.address_id == AddressMember.address_id)
        .where(AddressMember.member_id.in_(ids), Pause.lifted_at.is_(None))
    )
    return frozenset(found for found in session.execute(own.union(linked)).scalars() if found is not None)


def _paused_addresses(session: Session, ids: Collection[AddressId]) -> frozenset[AddressId]:
    if not ids:
        return frozenset()
    query = select(Pause.address_id).where(Pause.address_id.in_(ids), Pause.lifted_at.is_(None))
    return frozenset(found for found in session.execute(query).scalars() if found is not None)


def standing_of_member(session: Session, member_id: MemberId) -> list[Pause]:
    """Theirs, and those of their addresses; the oldest first."""
    theirs = select(AddressMember.address_id).where(AddressMember.member_id == member_id)
    query = select(Pause).where(
        Pause.lifted_at.is_(None), (Pause.member_id == member_id) | Pause.address_id.in_(theirs)
    )
    return list(session.execute(query.order_by(Pause.id)).scalars())


def wishes_in(session: Session, conversation_id: ConversationId, member_id: MemberId | None) -> list[Pause]:
    """What paused the member of a conversation, or its stranger, and may be a wish to stop."""
    if member_id is not None:
        found = standing_of_member(session, member_id)
    else:
        found = _standing_of_addresses(session, addresses_written_from(session, conversation_id))
    return [each for each in found if each.reason in WISHES]


def _standing_of_addresses(session: Session, ids: Sequence[AddressId]) -> list[Pause]:
    query = select(Pause).where(Pause.lifted_at.is_(None), Pause.address_id.in_(ids))
    return list(session.execute(query.order_by(Pause.id)).scalars())


def standing_of_words(session: Session, raw_id: RawId) -> list[Pause]:
    """What one message has paused and nobody lifted."""
    query = select(Pause).where(Pause.lifted_at.is_(None), Pause.raw_id == raw_id)
    return list(session.execute(query.order_by(Pause.id)).scalars())
