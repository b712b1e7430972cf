"""Alerts: somebody is in danger or in distress, and people are called until one of them has it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.attachments import Attachment
from engine.store.audit import AuditEntry
from engine.store.base import ID, Base, Moment, words
from engine.store.deliveries import PAGE_CAUSE, Delivery
from engine.store.messages import Message
from engine.store.on_call import OnCall
from engine.store.organizers import Organizer
from engine.vocabulary.ids import (
    AddressId,
    AlertId,
    AttachmentId,
    ConversationId,
    MemberId,
    MessageId,
    OrganizerId,
    RawId,
)
from engine.vocabulary.meanings import Crisis
from engine.vocabulary.words import DeliveryState, Direction, Role

PAGED = "alert.paged"  # in the audit: "round channel organizer"


class Alert(Base):
    """One for each message. `rounds`: how often people were called. `body` goes after thirty days."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "ix_alerts_open",
            "opened_at",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[AlertId] = mapped_column(ID, primary_key=True)
    severity: Mapped[Crisis] = mapped_column(words(Crisis))
    raw_id: Mapped[RawId] = mapped_column(ForeignKey("raw.id"), unique=True)
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"), index=True)
    address_id: Mapped[AddressId | None] = mapped_column(ForeignKey("addresses.id"))
    body: Mapped[str] = mapped_column(Sealed("alerts.body"))  # what they said, exactly
    rounds: Mapped[int] = mapped_column(default=0)
    next_round_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))
    followed_up_at: Mapped[datetime | None] = mapped_column(Moment)  # a person was asked how they are
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    resolved_by: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))


def of_words(session: Session, raw_id: RawId) -> Alert | None:
    return session.execute(select(Alert).where(Alert.raw_id == raw_id)).scalar()


def unresolved(session: Session, limit: int = 100) -> list[Alert]:
    """Those in danger first, then the longest wait; what nobody has before what somebody has."""
    query = (
        select(Alert)
        .where(Alert.resolved_at.is_(None))
        .order_by(Alert.claimed_at.is_not(None), Alert.severity, Alert.opened_at)
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def latest_resolved(session: Session, limit: int = 20) -> list[Alert]:
    query = select(Alert).where(Alert.resolved_at.is_not(None)).order_by(Alert.resolved_at.desc())
    return list(session.execute(query.limit(limit)).scalars())


def count_waiting(session: Session) -> int:
    """How many nobody has yet."""
    query = select(func.count(Alert.id)).where(Alert.resolved_at.is_(None), Alert.claimed_at.is_(None))
    return session.execute(query).scalar_one()


def take(session: Session, alert: Alert, by: OrganizerId, now: datetime) -> bool:
    """False when somebody else was faster."""
    free = update(Alert).where(Alert.id == alert.id, Alert.claimed_at.is_(None), Alert.resolved_at.is_(None))
    taken = session.execute(
        free.values(claimed_at=now, claimed_by=by, next_round_at=None).returning(Alert.id)
    ).scalar()
    session.refresh(alert)
    return taken is not None


def may_see(session: Session, organizer_id: OrganizerId) -> bool:
    """On call, or an admin: nobody else reads the words of somebody in danger."""
    query = (
        select(Organizer.id)
        .outerjoin(OnCall, OnCall.organizer_id == Organizer.id)
        .where(Organizer.id == organizer_id, Organizer.active)
        .where((Organizer.role == Role.ADMIN) | OnCall.organizer_id.is_not(None))
    )
    return session.execute(query).scalar() is not None


def closed_words(session: Session, raw_ids: Collection[RawId]) -> dict[RawId, AlertId]:
    """Of these messages, those whose words only the people on call and admins may read."""
    if not raw_ids:
        return {}
    query = select(Alert.raw_id, Alert.id).where(Alert.raw_id.in_(raw_ids), Alert.severity == Crisis.ACUTE)
    return dict(session.execute(query).all())


def raw_of_message(session: Session, message_id: MessageId) -> RawId | None:
    return session.execute(select(Message.raw_id).where(Message.id == message_id)).scalar()


def raw_of_file(session: Session, attachment_id: AttachmentId) -> RawId | None:
    query = select(Message.raw_id).join(Attachment, Attachment.message_id == Message.id)
    return session.execute(query.where(Attachment.id == attachment_id)).scalar()


def to_look_at(session: Session, member_id: MemberId) -> Alert | None:
    """The newest alert about this member that is not over, or whose three days have passed and whom nobody
    has written to since."""
    query = select(Alert).where(Alert.member_id == member_id).order_by(Alert.id.desc()).limit(1)
    found = session.execute(query).scalar()
    if found is None or (found.resolved_at is not None and found.followed_up_at is None):
        return None
    asked = found.followed_up_at
    over = found.resolved_at is not None or asked is not None
    return None if over and asked and answered_since(session, member_id, asked) else found


def conversation_of(session: Session, raw_id: RawId) -> ConversationId | None:
    """None until the message has been filed."""
    return session.execute(select(Message.conversation_id).where(Message.raw_id == raw_id)).scalar()


def answered_since(session: Session, member_id: MemberId, since: datetime) -> OrganizerId | None:
    """Who of us has written to this member since then."""
    query = select(Message.organizer_id).where(
        Message.member_id == member_id,
        Message.direction == Direction.OUT,
        Message.organizer_id.is_not(None),
        Message.at >= since,
    )
    return session.execute(query.order_by(Message.id).limit(1)).scalar()


@dataclass(frozen=True)
class Deed:
    """One line of an alert's history. `act` as in the audit; a page names whom it called, how, and in which
    round."""

    at: datetime
    act: str
    name: str  # of who did it, or was called; empty: the machine
    round: int = 0
    channel: str = ""


def history(session: Session, alert_id: AlertId) -> list[Deed]:
    """Each page, view, claim and resume, the oldest first."""
    query = select(AuditEntry).where(AuditEntry.subject == alert_id).order_by(AuditEntry.id)
    entries = list(session.execute(query).scalars())
    found = session.execute(select(Organizer.id, Organizer.name)).all()
    names = {str(organizer_id): name for organizer_id, name in found}
    return [_deed(each, names) for each in entries]


def _deed(entry: AuditEntry, names: dict[str, str]) -> Deed:
    if entry.act != PAGED:
        return Deed(entry.at, entry.act, names.get(entry.actor, ""))
    rounds, channel, called = entry.detail.split(" ")
    return Deed(entry.at, entry.act, names.get(called, ""), int(rounds), channel)


def calls_not_taken(session: Session, alert_id: AlertId) -> int:
    """How many calls came back, or were refused, or wait for another try."""
    failed = (
        DeliveryState.REFUSED,
        DeliveryState.BOUNCED,
        DeliveryState.SKIPPED,
        DeliveryState.EXPIRED,
        DeliveryState.DEFERRED,
    )
    calls = Delivery.cause.startswith(f"{PAGE_CAUSE}{alert_id}:")
    query = select(func.count(Delivery.id)).where(calls, Delivery.state.in_(failed))
    return session.execute(query).scalar_one()


def redact_pages(session: Session, alert_id: AlertId) -> None:
    """The words leave the messages in which people were called."""
    pages = select(Delivery.message_id).where(Delivery.cause.startswith(f"{PAGE_CAUSE}{alert_id}:"))
    session.execute(update(Message).where(Message.id.in_(pages)).values(body=""))
