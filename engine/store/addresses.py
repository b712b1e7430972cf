"""Addresses (one email or phone), whose they are, and why we must not use them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

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
