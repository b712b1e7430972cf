"""What a provider reports of a text after taking it over: append-only; the state is a fold over them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import ID, Base, Moment, insert_new, table_of
from engine.vocabulary.ids import DeliveryId

_UNREACHED, _FILTERED = (30003, 30008), (30004, 30007)  # Twilio's codes


class ProviderEvent(Base):
    """`key` is `<provider id>:<status>:<code>`: the same report again is the same row."""

    __tablename__ = "provider_events"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    delivery_id: Mapped[DeliveryId] = mapped_column(ForeignKey("deliveries.id"), index=True)
    attempt: Mapped[int]
    provider_id: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(24))  # the provider's word
    code: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Report:
    """One status callback."""

    delivery_id: DeliveryId
    attempt: int
    provider_id: str
    status: str
    code: int | None = None


def keep(session: Session, event_id: str, report: Report, at: datetime) -> bool:
    """False when the same report was kept before."""
    row = {
        "id": event_id,
        "key": f"{report.provider_id}:{report.status}:{report.code or ''}"[:200],
        "delivery_id": report.delivery_id,
        "attempt": report.attempt,
        "provider_id": report.provider_id,
        "status": report.status,
        "code": report.code,
        "at": at,
    }
    return bool(insert_new(session, table_of(ProviderEvent), [row]))


def reports(session: Session, delivery_id: DeliveryId, attempt: int) -> list[Report]:
    """All that was reported of one attempt, in no order that means anything."""
    query = select(
        ProviderEvent.delivery_id,
        ProviderEvent.attempt,
        ProviderEvent.provider_id,
        ProviderEvent.status,
        ProviderEvent.code,
    ).where(ProviderEvent.delivery_id == delivery_id, ProviderEvent.attempt == attempt)
    return [Report(*row) for row in session.execute(query)]


def reported_of_others(
    session: Session, provider_ids: Collection[str], delivery_id: DeliveryId, attempt: int
) -> set[str]:
    """Which of these messages of the provider were reported as anything but this attempt of this delivery."""
    ours = and_(ProviderEvent.delivery_id == delivery_id, ProviderEvent.attempt == attempt)
    query = select(ProviderEvent.provider_id).where(ProviderEvent.provider_id.in_(provider_ids), ~ours)
    return set(session.execute(query).scalars())


def attempts_unreached(session: Session, delivery_id: DeliveryId) -> int:
    """How many attempts found the phone off or away."""
    query = select(func.count(ProviderEvent.attempt.distinct())).where(
        ProviderEvent.delivery_id == delivery_id, ProviderEvent.code.in_(_UNREACHED)
    )
    return session.execute(query).scalar_one()


def filtered_since(session: Session, since: datetime) -> int:
    """How many texts carriers took for spam."""
    query = select(func.count(ProviderEvent.delivery_id.distinct())).where(
        ProviderEvent.code.in_(_FILTERED), ProviderEvent.at >= since
    )
    return session.execute(query).scalar_one()
