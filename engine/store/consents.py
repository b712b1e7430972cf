"""What a member agreed to: append-only; the row without `ended_at` is the one that holds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import ID, Base, Moment, words
from engine.vocabulary.ids import AddressId, MemberId
from engine.vocabulary.words import ConsentState


class Consent(Base):
    __tablename__ = "consents"
    __table_args__ = (
        Index(
            "uq_consents_standing",
            "address_id",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), index=True)
    address_id: Mapped[AddressId] = mapped_column(ForeignKey("addresses.id"))
    state: Mapped[ConsentState] = mapped_column(words(ConsentState))
    how: Mapped[str] = mapped_column(String(40))  # sign_up, import, added, reply, preference_page
    wording: Mapped[str] = mapped_column(Text, default="")  # the words they agreed to, where we know them
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


def standing(session: Session, member_id: MemberId, address_id: AddressId) -> Consent | None:
    """The consent that holds between this member and this address."""
    query = select(Consent).where(
        Consent.member_id == member_id, Consent.address_id == address_id, Consent.ended_at.is_(None)
    )
    return session.execute(query).scalar()


def pending_addresses(session: Session, member_id: MemberId) -> list[AddressId]:
    """The member's addresses that were asked and have not confirmed."""
    query = select(Consent.address_id).where(
        Consent.member_id == member_id, Consent.ended_at.is_(None), Consent.state == ConsentState.PENDING
    )
    return list(session.execute(query).scalars())


def has_given(session: Session, member_id: MemberId) -> bool:
    """The member agreed to hear from us at one address at least."""
    query = select(Consent.id).where(
        Consent.member_id == member_id, Consent.ended_at.is_(None), Consent.state == ConsentState.GIVEN
    )
    return session.execute(query.limit(1)).scalar() is not None


def times_given(session: Session, address_id: AddressId) -> int:
    """How often consent was ever given for this address."""
    query = (
        select(func.count())
        .select_from(Consent)
        .where(Consent.address_id == address_id, Consent.state == ConsentState.GIVEN)
    )
    return session.execute(query).scalar_one()


def end_standing(
    session: Session, member_id: MemberId, address_ids: Sequence[AddressId], now: datetime
) -> None:
    """Ends the consents that hold, so that others may take their place."""
    session.execute(
        update(Consent)
        .where(
            Consent.member_id == member_id, Consent.address_id.in_(address_ids), Consent.ended_at.is_(None)
        )
        .values(ended_at=now)
    )
