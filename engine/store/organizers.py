"""Organizers and admins, and where they are signed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, words
from engine.store.conversations import Conversation
from engine.vocabulary.ids import ConversationId, OrganizerId
from engine.vocabulary.words import ConversationState, Role


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
    sample: Mapped[bool] = mapped_column(default=False)  # lives in the sample town and leaves with it
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


def active_hashes(session: Session) -> dict[OrganizerId, str]:
    """The active organizers, oldest first, each with the keyed hash of their email."""
    query = select(Organizer.id, Organizer.email_hash).where(Organizer.active).order_by(Organizer.id)
    return dict(session.execute(query).all())


def by_email(session: Session, email_hash: str) -> Organizer | None:
    return session.execute(select(Organizer).where(Organizer.email_hash == email_hash)).scalar()


def try_keys(session: Session) -> None:
    """Opens one sealed value: every community has an organizer. Raises SealError with another's keys."""
    session.execute(select(Organizer.email).limit(1)).scalar()


def active_admins(session: Session) -> list[OrganizerId]:
    query = select(Organizer.id).where(Organizer.active, Organizer.role == Role.ADMIN)
    return list(session.execute(query).scalars())


def open_sign_in(session: Session, secret_hash: str) -> SignIn | None:
    """The sign-in of an active organizer that nobody has ended."""
    query = (
        select(SignIn)
        .join(Organizer, Organizer.id == SignIn.organizer_id)
        .where(SignIn.secret_hash == secret_hash, SignIn.ended_at.is_(None), Organizer.active)
    )
    return session.execute(query).scalar()


def end_sign_ins(session: Session, organizer_id: OrganizerId, now: datetime) -> None:
    """Ends every sign-in of this organizer that stands."""
    session.execute(
        update(SignIn)
        .where(SignIn.organizer_id == organizer_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def conversations_of(session: Session, organizer_id: OrganizerId) -> list[ConversationId]:
    """The conversations this organizer has that are not closed."""
    query = select(Conversation.id).where(
        Conversation.assignee_id == organizer_id, Conversation.state != ConversationState.CLOSED
    )
    return list(session.execute(query).scalars())
