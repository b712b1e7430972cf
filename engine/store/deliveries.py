"""The ledger: the attempt to carry one outgoing message to one address, and its receipts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.addresses import Suppression
from engine.store.base import HASH, ID, Base, Moment, table_of, upsert, words
from engine.vocabulary.ids import (
    AddressId,
    DeliveryId,
    EnrollmentId,
    MemberId,
    MessageId,
    RevisionId,
)
from engine.vocabulary.words import Channel, DeliveryState, Refusal, SuppressionReason

PAGE_CAUSE = "page:"  # causes that begin so call who is on call, with the words of an alert
HOLDING_CAUSE = "holding:"  # and so a text for whoever is in danger
STOP_CAUSE = "stop:"  # causes that begin so carry the one confirmation of a STOP


class Delivery(Base):
    """Carries either a step (`revision_id`, `step`) or one person's words (`message_id`).

    `cause` keys it for ever: `walk:<enrollment>:<step>:<channel>`, `reply:<message>`,
    `answer:<raw>:<which>`. What is frozen before the first attempt: `skeleton_hash`, `slots`,
    `composed_at` (the Date header) and `rfc_message_id`; the bytes are rebuilt from them.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_due",
            "due_at",
            "id",
            sqlite_where=text("state IN ('ready', 'deferred')"),
            postgresql_where=text("state IN ('ready', 'deferred')"),
        ),
        Index(
            "ix_deliveries_leases",
            "lease_until",
            sqlite_where=text("state IN ('claimed', 'in_flight')"),
            postgresql_where=text("state IN ('claimed', 'in_flight')"),
        ),
        Index(
            "ix_deliveries_unknown",
            "due_at",
            sqlite_where=text("state = 'unknown'"),
            postgresql_where=text("state = 'unknown'"),
        ),
        Index("ix_deliveries_member_id_id", "member_id", "id"),
        Index("ix_deliveries_address_id_state", "address_id", "state"),
    )

    id: Mapped[DeliveryId] = mapped_column(ID, primary_key=True)
    cause: Mapped[str] = mapped_column(String(160), unique=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    member_id: Mapped[MemberId | None] = mapped_column(ForeignKey("members.id"))  # None: an organizer's mail
    address_id: Mapped[AddressId | None] = mapped_column(ForeignKey("addresses.id"))
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState))
    reason: Mapped[str | None] = mapped_column(String(40))  # a Refusal, or a gateway's word
    attempt: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)  # not before
    lease_until: Mapped[datetime | None] = mapped_column(Moment)  # by the database's clock
    enrollment_id: Mapped[EnrollmentId | None] = mapped_column(ForeignKey("enrollments.id"), index=True)
    revision_id: Mapped[RevisionId | None] = mapped_column(ForeignKey("revisions.id"))
    step: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8))
    message_id: Mapped[MessageId | None] = mapped_column(ForeignKey("messages.id"), index=True)
    skeleton_hash: Mapped[str | None] = mapped_column(HASH)
    slots: Mapped[str | None] = mapped_column(Sealed("deliveries.slots"))  # JSON: every frozen value
    composed_at: Mapped[datetime | None] = mapped_column(Moment)
    rfc_message_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    provider_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    problem: Mapped[str | None] = mapped_column(Text)
    auto: Mapped[bool] = mapped_column(default=False)  # the machine's own words: Auto-Submitted
    created_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)


class SkeletonRow(Base):
    """A compiled letter without anybody's values in it, kept while a delivery may need its bytes."""

    __tablename__ = "skeletons"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    content: Mapped[str] = mapped_column(Text)  # engine.content.compose.Skeleton as JSON


def skip_unsent(session: Session, reason: Refusal, *which: ColumnElement[bool]) -> int:
    """Ready, claimed, deferred and held rows that match become skipped, so that none of them can enter
    in_flight after this commits. Returns how many."""
    ledger = table_of(Delivery)
    unsent = (DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.DEFERRED, DeliveryState.HELD)
    done = session.execute(
        update(ledger)
        .where(ledger.c.state.in_(unsent), *which)
        .values(state=DeliveryState.SKIPPED, reason=reason, lease_until=None)
        .returning(ledger.c.id)
    )
    return len(done.all())


def hold_unsent(session: Session, reason: Refusal, *which: ColumnElement[bool]) -> None:
    """Ready, claimed and deferred rows that match are held, so that none of them enters in_flight after this
    commits."""
    ledger = table_of(Delivery)
    unsent = (DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.DEFERRED)
    session.execute(
        update(ledger)
        .where(ledger.c.state.in_(unsent), *which)
        .values(state=DeliveryState.HELD, reason=reason, lease_until=None)
    )


def release_held(session: Session, reason: Refusal, now: datetime, *which: ColumnElement[bool]) -> int:
    """Rows held for this reason become ready again; permission is asked anew when they are claimed."""
    ledger = table_of(Delivery)
    done = session.execute(
        update(ledger)
        .where(ledger.c.state == DeliveryState.HELD, ledger.c.reason == reason, *which)
        .values(state=DeliveryState.READY, reason=None, due_at=now)
        .returning(ledger.c.id)
    )
    return len(done.all())


def locked(session: Session, delivery_id: DeliveryId) -> Delivery | None:
    """The row, which nobody else changes until this transaction ends."""
    return session.execute(
        select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    ).scalar_one_or_none()


def disown(session: Session, provider_id: str, look_at: datetime) -> None:
    """Another row that was taken for this message of the provider is to be looked for anew."""
    session.execute(
        update(Delivery)
        .where(Delivery.provider_id == provider_id)
        .values(provider_id=None, state=DeliveryState.UNKNOWN, due_at=look_at)
    )


def texts_since(session: Session, since: datetime) -> int:
    """How many texts a provider took over since then."""
    query = select(func.count(Delivery.id)).where(
        Delivery.channel == Channel.SMS, Delivery.accepted_at >= since
    )
    return session.execute(query).scalar_one()


def keep_skeleton(session: Session, digest: str, content: str) -> None:
    upsert(session, table_of(SkeletonRow), ["hash"], {"hash": digest, "content": content})


def skeleton_content(session: Session, digest: str) -> str | None:
    return session.execute(select(SkeletonRow.content).where(SkeletonRow.hash == digest)).scalar()


@dataclass(frozen=True)
class Answered:
    """The delivery a reply answers, as far as filing needs it."""

    id: DeliveryId
    channel: Channel
    member_id: MemberId | None
    address_id: AddressId | None
    enrollment_id: EnrollmentId | None
    revision_id: RevisionId | None
    step: str | None
    language: str
    message_id: MessageId | None
    created_at: datetime


_ANSWERED = (
    "id", "channel", "member_id", "address_id", "enrollment_id", "revision_id", "step", "language",
    "message_id", "created_at",
)  # fmt: skip


def answered(session: Session, delivery_id: str) -> Answered | None:
    columns = (getattr(Delivery, name) for name in _ANSWERED)
    row = session.execute(select(*columns).where(Delivery.id == delivery_id)).one_or_none()
    return None if row is None else Answered(*row)


def last_sent_to(session: Session, address_id: AddressId, since: datetime) -> Answered | None:
    """The newest message of a person or a sequence that reached this address since then."""
    columns = (getattr(Delivery, name) for name in _ANSWERED)
    query = (
        select(*columns)
        .where(Delivery.address_id == address_id, Delivery.accepted_at >= since, ~Delivery.auto)
        .order_by(Delivery.accepted_at.desc(), Delivery.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Answered(*row)


@dataclass(frozen=True)
class Reached:
    """Where a delivery went, as far as its unsubscribe link needs it."""

    address_id: AddressId
    channel: Channel
    language: str
    unsubscribed_at: datetime | None  # by this link, and it stands


def reached(session: Session, delivery_id: DeliveryId) -> Reached | None:
    """None when the delivery is gone, or never had an address of a member."""
    query = (
        select(Delivery.address_id, Delivery.channel, Delivery.language, Suppression.at)
        .outerjoin(
            Suppression,
            (Suppression.address_id == Delivery.address_id)
            & (Suppression.reason == SuppressionReason.UNSUBSCRIBED)
            & Suppression.lifted_at.is_(None),
        )
        .where(Delivery.id == delivery_id, Delivery.address_id.is_not(None))
    )
    row = session.execute(query).one_or_none()
    return None if row is None or row[0] is None else Reached(row[0], row[1], row[2], row[3])
