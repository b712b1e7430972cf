"""When something will happen by itself next."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engine.store.deliveries import Delivery
from engine.store.enrollments import Enrollment
from engine.store.sequences import Sequence, SequenceState
from engine.store.timers import Timer
from engine.vocabulary.words import DeliveryState


def next_due(session: Session, after: datetime) -> datetime | None:
    """The first moment after this one when a walk, a delivery or a timer is due; None: nothing waits."""
    walks = (
        select(func.min(Enrollment.due_at))
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(text("enrollments.state = 'walking'"), Sequence.state == SequenceState.RUNNING)
        .where(Enrollment.due_at > after)
    )
    unsent = (DeliveryState.READY, DeliveryState.DEFERRED)
    letters = select(func.min(Delivery.due_at)).where(Delivery.state.in_(unsent), Delivery.due_at > after)
    rings = select(func.min(Timer.due_at)).where(Timer.due_at > after)
    found = (session.execute(query).scalar() for query in (walks, letters, rings))
    return min((moment for moment in found if moment is not None), default=None)
