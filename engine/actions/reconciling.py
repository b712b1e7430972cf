"""After a crash or a line that dropped: what became of the letters nobody answers for."""

from collections import Counter

from sqlalchemy.orm import Session

from engine.actions.composing import compose
from engine.actions.deliveries import BATCH
from engine.rules.receipts import LOOKS_AFTER
from engine.runtime import Runtime
from engine.store import claims, provider_events
from engine.store.claims import Expired, Recorded
from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.messages import Outgoing
from engine.vocabulary.words import Channel, DeliveryState, Job


def reconcile(rt: Runtime, limit: int = BATCH) -> Counter[str]:
    """Looks after rows whose worker went silent and texts that may have been taken over: claimed rows
    were never sent and are ready again; of the others the gateway is asked. Where it cannot say, an email
    goes again, byte for byte under the same Message-ID; a text waits and is asked about again, never
    sent blind. Returns how many rows came into which state."""
    with rt.reading() as session:
        silent = claims.expired_leases(session, limit)
        silent += claims.unknown_due(session, rt.clock.now(), limit)
    if not silent:
        return Counter()
    asked = [gone for gone in silent if gone.state is not DeliveryState.CLAIMED]
    letters = _letters(rt, asked)
    moved: Counter[str] = Counter()
    cannot_say: set[Channel] = set()  # one look-up that fails is enough: the tick has other work
    for gone in silent:
        if rt.stopping.is_set():
            break
        found = None
        if _may_ask(rt, gone) and gone.channel not in cannot_say and gone.id in letters:
            found = rt.doors.gateway(gone.channel).look_up(letters[gone.id])
            cannot_say |= {gone.channel} if found is None and gone.channel is Channel.SMS else set()
        moved.update([str(state)] if (state := _settle(rt, gone, found)) is not gone.state else [])
    rt.ring(Job.DELIVER)
    return moved


def _letters(rt: Runtime, asked: list[Expired]) -> dict[DeliveryId, Outgoing]:
    """The very bytes that may have left."""
    with rt.reading() as session:
        rows = claims.rows(session, [gone.id for gone in asked])
    return {letter.frozen.id: letter.outgoing for letter in compose(rt, rows).ready}


def _may_ask(rt: Runtime, gone: Expired) -> bool:
    """A provider's list lags behind: a text is looked for only once some time has gone by."""
    if gone.state is DeliveryState.CLAIMED:
        return False
    fresh = gone.state is DeliveryState.IN_FLIGHT and rt.doors.gateway(gone.channel).real
    return not (gone.channel is Channel.SMS and fresh)


def _settle(rt: Runtime, gone: Expired, found: tuple[str, ...] | None) -> DeliveryState:
    """One row, one transaction: what the one before it took is taken for the next. `found` are the messages
    that the gateway has of it; None where it was not asked, or cannot say."""
    with rt.transaction() as session:
        then = _verdict(rt, session, gone, found)
        claims.give_back(session, gone, then)
        return then.state


def _verdict(rt: Runtime, session: Session, gone: Expired, found: tuple[str, ...] | None) -> Recorded:
    now = rt.clock.now()
    if gone.state is not DeliveryState.CLAIMED and gone.channel is Channel.SMS and found is None:
        return Recorded(gone.id, gone.attempt, DeliveryState.UNKNOWN, due_at=now + LOOKS_AFTER)
    others = claims.taken_ids(session, found or ()) | _reported_otherwise(session, gone, found or ())
    ours = next((each for each in found or () if each not in others), None)
    if ours is None:
        return Recorded(gone.id, gone.attempt, DeliveryState.READY)
    return Recorded(gone.id, gone.attempt, DeliveryState.ACCEPTED, provider_id=ours, accepted_at=now)


def _reported_otherwise(session: Session, gone: Expired, found: tuple[str, ...]) -> set[str]:
    """Those that a report names as another delivery's, or as an earlier attempt of this one."""
    return provider_events.reported_of_others(session, found, gone.id, gone.attempt)
