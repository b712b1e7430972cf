"""The ledger: the attempt to carry one outgoing message to one address, and its receipts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, words
from engine.vocabulary.ids import AddressId, DeliveryId, EnrollmentId, MemberId, MessageId, RevisionId
from engine.vocabulary.words import Channel, DeliveryState


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
    created_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)


class SkeletonRow(Base):
    """A compiled letter without anybody's values in it, kept while a delivery may need its bytes."""

    __tablename__ = "skeletons"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    content: Mapped[str] = mapped_column(Text)  # engine.content.compose.Skeleton as JSON
