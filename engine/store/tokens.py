"""One-time links: invitations, password resets, the first sign-in, confirmations of an address."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import HASH, ID, Base, Moment, words
from engine.store.members import Member
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId


class Purpose(StrEnum):
    INVITE = "invite"  # an organizer chooses a password; 7 days
    RESET = "reset"  # the same, forgotten; 1 hour
    SIGN_IN = "sign_in"  # printed by `make up` on the embedded default; 15 minutes
    CONFIRM = "confirm"  # a person who signed up says it was them; 7 days


class Token(Base):
    """The link holds the secret, the row its hash. Used once."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(HASH, unique=True)
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    organizer_id: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))
    address_id: Mapped[AddressId | None] = mapped_column(ForeignKey("addresses.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


def spend(session: Session, secret_hash: str, purposes: Sequence[Purpose], now: datetime) -> Token | None:
    """Uses a link up and returns it; None when there is none such, or it is used or expired. Of two at
    once, one gets it."""
    spent = session.execute(
        update(Token)
        .where(Token.secret_hash == secret_hash, Token.purpose.in_(purposes))
        .where(Token.used_at.is_(None), Token.expires_at > now)
        .values(used_at=now)
        .returning(Token.id)
    ).scalar()
    return session.get(Token, spent, populate_existing=True) if spent else None


def void(session: Session, organizer_id: OrganizerId, now: datetime) -> None:
    """Every unused link of this organizer opens nothing any more."""
    session.execute(
        update(Token).where(Token.organizer_id == organizer_id, Token.used_at.is_(None)).values(used_at=now)
    )


def language_of(session: Session, secret_hash: str) -> str | None:
    """The language of the member a link was made for, used up or not; None where it is nobody's."""
    query = (
        select(Member.language)
        .join(Token, Token.member_id == Member.id)
        .where(Token.secret_hash == secret_hash)
    )
    return session.execute(query).scalar()
