"""Claiming: how workers share the ledger. Claim, decide, freeze, send, record; each fenced by attempt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.orm import Session

from engine.store.addresses import Address
from engine.store.base import database_now, table_of
from engine.store.deliveries import PAGE_CAUSE, Delivery
from engine.store.enrollments import Enrollment
from engine.store.members import Member
from engine.store.sequences import Sequence as SequenceRow
from engine.store.sequences import SequenceState
from engine.vocabulary.ids import (
    AddressId,
    DeliveryId,
    EnrollmentId,
    MemberId,
    MessageId,
    OrganizerId,
    RevisionId,
)
from engine.vocabulary.words import Channel, DeliveryState, Ending

# Written out, not bound: only a literal condition lets the planner use the partial index.
_IS_DUE = text("deliveries.state IN ('ready', 'deferred')")
_IS_UNKNOWN = text("deliveries.state = 'unknown'")
_IS_LEASED = text("deliveries.state IN ('claimed', 'in_flight')")


@dataclass(frozen=True)
class Claimed:
    """A claimed delivery with all that deciding and composing need, in one value."""

    id: DeliveryId
    attempt: int
    cause: str
    channel: Channel
    to: str
    address_id: AddressId
    member_id: MemberId | None
    first_name: str
    neighborhood: str
    zone: str | None
    organizer_id: OrganizerId | None  # the member's own
    enrollment_id: EnrollmentId | None
    ending: Ending | None
    sequence_state: SequenceState | None
    revision_id: RevisionId | None
    step: str | None
    language: str
    message_id: MessageId | None
    skeleton_hash: str | None  # set: composed before, its bytes must be the same again
    slots: str | None
    composed_at: datetime | None
    rfc_message_id: str | None
    auto: bool


def claim_due(
    session: Session,
    now: datetime,
    lease: timedelta,
    limit: int,
    channels: Collection[Channel] = tuple(Channel),
) -> list[Claimed]:
    """Takes what is due on these channels, oldest first, under a lease by the database's clock; each claim
    is a new attempt."""
    ledger = table_of(Delivery)
    wanted = [] if len(channels) == len(Channel) else [ledger.c.channel.in_(channels)]
    return _claim(session, lease, limit, [ledger.c.due_at <= now, *wanted])


def claim_calls(
    session: Session, now: datetime, lease: timedelta, limit: int, channels: Collection[Channel]
) -> list[Claimed]:
    """As `claim_due`, but only the calls to who is on call."""
    ledger = table_of(Delivery)
    calls = ledger.c.cause.startswith(PAGE_CAUSE)
    return _claim(session, lease, limit, [ledger.c.due_at <= now, ledger.c.channel.in_(channels), calls])


def _claim(
    session: Session, lease: timedelta, limit: int, which: Sequence[ColumnElement[bool]]
) -> list[Claimed]:
    ledger = table_of(Delivery)
    due = (
        select(ledger.c.id)
        .where(_IS_DUE, *which)
        .order_by(ledger.c.due_at, ledger.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(ledger)
        .where(ledger.c.id.in_(due))
        .values(
            state=DeliveryState.CLAIMED,
            attempt=ledger.c.attempt + 1,
            lease_until=database_now(session) + lease,
        )
        .returning(ledger.c.id)
    ).scalars()
    return rows(session, list(taken))


def rows(session: Session, ids: Sequence[DeliveryId]) -> list[Claimed]:
    """Ledger rows with all that composing them needs, oldest due first."""
    query = (
        select(
            *(getattr(Delivery, name) for name in _OWN),
            Address.value,
            Member.first_name,
            Member.neighborhood,
            Member.zone,
            Member.organizer_id,
            Enrollment.ending,
            SequenceRow.state,
        )
        .join(Address, Address.id == Delivery.address_id)
        .outerjoin(Member, Member.id == Delivery.member_id)
        .outerjoin(Enrollment, Enrollment.id == Delivery.enrollment_id)
        .outerjoin(SequenceRow, SequenceRow.id == Enrollment.sequence_id)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.due_at, Delivery.id)
    )
    return [_one_claimed(tuple(row)) for row in session.execute(query)]


_OWN = (
    "id", "attempt", "cause", "channel", "address_id", "member_id", "enrollment_id", "revision_id", "step",
    "language", "message_id", "skeleton_hash", "slots", "composed_at", "rfc_message_id", "auto",
)  # fmt: skip


def _one_claimed(values: tuple[Any, ...]) -> Claimed:
    *own, to, first_name, neighborhood, zone, organizer_id, ending, state = values
    return Claimed(
        **dict(zip(_OWN, own, strict=True)),
        to=to,
        first_name=first_name or "",
        neighborhood=neighborhood or "",
        zone=zone,
        organizer_id=organizer_id,
        ending=ending,
        sequence_state=state,
    )


def extend(session: Session, ids: Sequence[DeliveryId], lease: timedelta) -> None:
    """A sign of life of whoever is at work on these: their leases begin anew. Rows that were taken over
    meanwhile have a lease of their own, which may grow too; it does not matter, since results are fenced."""
    ledger = table_of(Delivery)
    session.execute(
        update(ledger)
        .where(ledger.c.id.in_(ids), _IS_LEASED)
        .values(lease_until=database_now(session) + lease)
    )


@dataclass(frozen=True)
class Verdict:
    """What became of a claimed delivery before the wire."""

    id: DeliveryId
    attempt: int
    state: DeliveryState
    reason: str | None = None
    due_at: datetime | None = None


def put_aside(session: Session, verdicts: list[Verdict]) -> None:
    """Writes what permission said; fenced by attempt, so that a late worker changes nothing."""
    ledger = table_of(Delivery)
    for verdict in verdicts:
        changes: dict[str, Any] = {"state": verdict.state, "reason": verdict.reason, "lease_until": None}
        if verdict.due_at is not None:
            changes["due_at"] = verdict.due_at
        session.execute(
            update(ledger)
            .where(ledger.c.id == verdict.id, ledger.c.attempt == verdict.attempt)
            .where(ledger.c.state == DeliveryState.CLAIMED)
            .values(changes)
        )


@dataclass(frozen=True)
class Frozen:
    """What the bytes are rebuilt from; written before the first network byte, and only once."""

    id: DeliveryId
    attempt: int
    skeleton_hash: str
    slots: str
    composed_at: datetime
    rfc_message_id: str


def enter_in_flight(session: Session, frozen: list[Frozen]) -> set[DeliveryId]:
    """Those that may go on the wire now: still claimed under this attempt. Commit before sending."""
    ledger = table_of(Delivery)
    entered = set()
    for letter in frozen:
        row = session.execute(
            update(ledger)
            .where(ledger.c.id == letter.id, ledger.c.attempt == letter.attempt)
            .where(ledger.c.state == DeliveryState.CLAIMED)
            .values(
                state=DeliveryState.IN_FLIGHT,
                skeleton_hash=letter.skeleton_hash,
                slots=letter.slots,
                composed_at=letter.composed_at,
                rfc_message_id=letter.rfc_message_id,
            )
            .returning(ledger.c.id)
        ).scalar()
        if row is not None:
            entered.add(letter.id)
    return entered


@dataclass(frozen=True)
class Recorded:
    """What a receipt makes of a row that is in flight."""

    id: DeliveryId
    attempt: int
    state: DeliveryState
    problem: str | None = None
    provider_id: str | None = None
    due_at: datetime | None = None
    accepted_at: datetime | None = None


def record(session: Session, results: list[Recorded]) -> None:
    """Fenced by attempt and state: a result that comes after its lease was taken over changes nothing."""
    ledger = table_of(Delivery)
    for result in results:
        session.execute(
            update(ledger)
            .where(ledger.c.id == result.id, ledger.c.attempt == result.attempt)
            .where(ledger.c.state.in_([DeliveryState.IN_FLIGHT, DeliveryState.UNKNOWN]))
            .values(state=result.state, lease_until=None, **_changes(result))
        )


def _changes(result: Recorded) -> dict[str, Any]:
    """What is known stays: only what the result says is written."""
    names = ("problem", "provider_id", "due_at", "accepted_at")
    return {name: value for name in names if (value := getattr(result, name)) is not None}


@dataclass(frozen=True)
class Expired:
    """A row whose worker went silent."""

    id: DeliveryId
    attempt: int
    channel: Channel
    state: DeliveryState


def expired_leases(session: Session, limit: int) -> list[Expired]:
    """Claimed or in flight, and nobody holds the lease any more."""
    ledger = table_of(Delivery)
    query = (
        select(ledger.c.id, ledger.c.attempt, ledger.c.channel, ledger.c.state)
        .where(_IS_LEASED, ledger.c.lease_until < database_now(session))
        .order_by(ledger.c.lease_until)
        .limit(limit)
    )
    return [Expired(*row) for row in session.execute(query)]


def unknown_due(session: Session, now: datetime, limit: int) -> list[Expired]:
    """Texts that may have been taken over, and whose provider may be asked now."""
    ledger = table_of(Delivery)
    query = (
        select(ledger.c.id, ledger.c.attempt, ledger.c.channel, ledger.c.state)
        .where(_IS_UNKNOWN, ledger.c.due_at <= now)
        .order_by(ledger.c.due_at)
        .limit(limit)
    )
    return [Expired(*row) for row in session.execute(query)]


def give_back(session: Session, gone: Expired, then: Recorded) -> bool:
    """Writes what was found out about a silent row, unless its worker came back in the meantime."""
    ledger = table_of(Delivery)
    done = session.execute(
        update(ledger)
        .where(ledger.c.id == gone.id, ledger.c.attempt == gone.attempt, ledger.c.state == gone.state)
        .values(state=then.state, lease_until=None, **_changes(then))
        .returning(ledger.c.id)
    )
    return bool(done.all())


def taken_ids(session: Session, provider_ids: Collection[str]) -> set[str]:
    """Those that a delivery carries already."""
    query = select(Delivery.provider_id).where(Delivery.provider_id.in_(provider_ids))
    return {each for each in session.execute(query).scalars() if each}
