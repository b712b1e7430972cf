"""One-time links: invitations, password resets, the first sign-in, confirmations of an address."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import HASH, ID, Base, Moment, words
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
