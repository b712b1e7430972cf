"""Organizers and admins, and where they are signed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, words
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.words import Role


class Organizer(Base):
    __tablename__ = "organizers"

    id: Mapped[OrganizerId] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(Sealed("organizers.email"))
    email_hash: Mapped[str] = mapped_column(HASH, unique=True)  # keys.blind("organizer", email)
    password_hash: Mapped[str | None] = mapped_column(Text)  # argon2id; None until invited person chose one
    role: Mapped[Role] = mapped_column(words(Role))
    language: Mapped[str] = mapped_column(String(8), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    signature: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    on_shift: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class SignIn(Base):
    """A signed-in browser. The cookie holds the secret, the row its hash; ending the row ends it."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organizer_id: Mapped[OrganizerId] = mapped_column(ForeignKey("organizers.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(HASH, unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
