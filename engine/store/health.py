"""How the queues stand: bounded counts and the age of what waits longest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.store.base import database_now
from engine.store.conversations import Conversation
from engine.store.deliveries import Delivery
from engine.store.enrollments import Enrollment
from engine.store.heartbeats import beats
from engine.store.raw import Raw
from engine.store.timers import Timer
from engine.vocabulary.words import ConversationState, DeliveryState, EnrollmentState, RawState

STALLS_AFTER = timedelta(minutes=10)
_TRIED_AGAIN_WITHIN = timedelta(minutes=1)  # what waits for its hours is due later
CAP = 10_000  # nothing is counted further


@dataclass(frozen=True)
class Pile:
    """What waits: how many (no further than CAP), and since when the oldest."""

    count: int
    oldest: datetime | None

    @property
    def capped(self) -> bool:
        return self.count >= CAP


@dataclass(frozen=True)
class Queues:
    """`due` piles hold only what could be done now. `letters` counts the states of the last CAP."""

    unread: Pile  # raw mail kept, not read yet
    stuck: Pile
    due_letters: Pile
    leased_letters: Pile
    due_walks: Pile
    due_timers: Pile
    waiting_people: Pile
    letters: dict[DeliveryState, int]
    stalled: str | None  # what the gateway says of a letter that it could not take for `STALLS_AFTER`


def queues(session: Session, now: datetime) -> Queues:
    ready = Delivery.state.in_((DeliveryState.READY, DeliveryState.DEFERRED))
    leased = Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.IN_FLIGHT))
    waiting = Conversation.state == ConversationState.OPEN
    return Queues(
        unread=_pile(session, Raw.received_at, Raw.state == RawState.KEPT),
        stuck=_pile(session, Raw.received_at, Raw.state == RawState.STUCK),
        due_letters=_pile(session, Delivery.due_at, ready, Delivery.due_at <= now),
        leased_letters=_pile(session, Delivery.due_at, leased),
        due_walks=_pile(
            session, Enrollment.due_at, Enrollment.state == EnrollmentState.WALKING, Enrollment.due_at <= now
        ),
        due_timers=_pile(session, Timer.due_at, Timer.due_at <= now),
        waiting_people=_pile(session, Conversation.waiting_since, waiting),
        stalled=_stalled(session, now),
        letters=_letter_states(session),
    )


def silence(session: Session) -> dict[str, float]:
    """Seconds since each part's last sign of life, all by the database's clock."""
    now = database_now(session)
    return {name: max(0.0, (now - at).total_seconds()) for name, at in beats(session).items()}


def _stalled(session: Session, now: datetime) -> str | None:
    """A ready letter with a problem was tried, and its gateway was away: it is tried again and again, so its
    due moment alone never shows how long that goes on."""
    query = (
        select(Delivery.problem)
        .where(
            Delivery.state == DeliveryState.READY,
            Delivery.problem.is_not(None),
            Delivery.composed_at < now - STALLS_AFTER,
            Delivery.due_at <= now + _TRIED_AGAIN_WITHIN,
        )
        .limit(1)
    )
    return session.execute(query).scalar()


def _pile(
    session: Session,
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    *which: ColumnElement[bool],
) -> Pile:
    some: Select[datetime | None] = select(moment.label("at")).where(*which).limit(CAP)
    rows = some.subquery()
    count, oldest = session.execute(select(func.count(), func.min(rows.c.at)).select_from(rows)).one()
    return Pile(count, oldest)


def _letter_states(session: Session) -> dict[DeliveryState, int]:
    latest = select(Delivery.state.label("state")).order_by(Delivery.id.desc()).limit(CAP).subquery()
    query = select(latest.c.state, func.count()).group_by(latest.c.state)
    return dict(session.execute(query).all())
