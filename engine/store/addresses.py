"""Addresses (one email or phone), whose they are, and why we must not use them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, words
from engine.vocabulary.ids import AddressId, MemberId
from engine.vocabulary.words import Channel, SuppressionReason


class Address(Base):
    """`value` is normalised: lower-cased email, E.164 phone."""

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("channel", "value_hash"),)

    id: Mapped[AddressId] = mapped_column(ID, primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    value: Mapped[str] = mapped_column(Sealed("addresses.value"))
    value_hash: Mapped[str] = mapped_column(HASH)  # keys.blind("address", value)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)


class AddressMember(Base):
    """Whose an address is. A phone may be shared by two members of a household."""

    __tablename__ = "address_members"

    address_id: Mapped[AddressId] = mapped_column(ForeignKey("addresses.id"), primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)


class Suppression(Base):
    """Append-only: lifting one (START, a person's undo within 7 days) writes `lifted_at`."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index(
            "uq_suppressions_standing",
            "address_id",
            "reason",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    address_id: Mapped[AddressId] = mapped_column(ForeignKey("addresses.id"))
    reason: Mapped[SuppressionReason] = mapped_column(words(SuppressionReason))
    at: Mapped[datetime] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)


def ids_by_hash(session: Session, hashes: Sequence[str]) -> dict[str, AddressId]:
    """The addresses we know among these keyed hashes."""
    query = select(Address.value_hash, Address.id).where(Address.value_hash.in_(hashes))
    return dict(session.execute(query).all())


def owners_by_hash(session: Session, hashes: Sequence[str]) -> dict[str, list[MemberId]]:
    """Whose these addresses are, oldest member first; addresses of nobody are left out."""
    query = (
        select(Address.value_hash, AddressMember.member_id)
        .join(AddressMember, AddressMember.address_id == Address.id)
        .where(Address.value_hash.in_(hashes))
        .order_by(AddressMember.member_id)
    )
    found: dict[str, list[MemberId]] = defaultdict(list)
    for value_hash, member_id in session.execute(query):
        found[value_hash].append(member_id)
    return dict(found)


def linked(session: Session, member_id: MemberId) -> list[Address]:
    """A member's addresses, oldest first."""
    query = (
        select(Address)
        .join(AddressMember, AddressMember.address_id == Address.id)
        .where(AddressMember.member_id == member_id)
        .order_by(Address.id)
    )
    return list(session.execute(query).scalars())


def unlink(session: Session, member_id: MemberId, address_ids: Sequence[AddressId]) -> None:
    session.execute(
        delete(AddressMember).where(
            AddressMember.member_id == member_id, AddressMember.address_id.in_(address_ids)
        )
    )


def lift_standing(
    session: Session, address_id: AddressId, reasons: Sequence[SuppressionReason], now: datetime
) -> bool:
    """Lifts what stands for these reasons; True when something did."""
    done = session.execute(
        update(Suppression)
        .where(Suppression.address_id == address_id, Suppression.lifted_at.is_(None))
        .where(Suppression.reason.in_(reasons))
        .values(lifted_at=now)
        .returning(Suppression.id)
    )
    return bool(done.all())
