"""After a crash or a line that dropped: what became of the letters nobody answers for."""

from collections import Counter

from engine.actions.composing import compose
from engine.actions.deliveries import BATCH
from engine.rules.receipts import LOOKS_AFTER
from engine.runtime import Runtime
from engine.store import claims
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
    verdicts = [(gone, _verdict(rt, gone, letters.get(gone.id))) for gone in silent]
    with rt.transaction() as session:
        for gone, then in verdicts:
            claims.give_back(session, gone, then)
        rt.ring(Job.DELIVER)
    return Counter(str(then.state) for gone, then in verdicts if then.state is not gone.state)


def _letters(rt: Runtime, asked: list[Expired]) -> dict[DeliveryId, Outgoing]:
    """The very bytes that may have left."""
    with rt.reading() as session:
        rows = claims.rows(session, [gone.id for gone in asked])
    return {letter.frozen.id: letter.outgoing for letter in compose(rt, rows).ready}


def _verdict(rt: Runtime, gone: Expired, letter: Outgoing | None) -> Recorded:
    now = rt.clock.now()
    if gone.state is DeliveryState.CLAIMED:
        return Recorded(gone.id, gone.attempt, DeliveryState.READY)
    fresh = gone.state is DeliveryState.IN_FLIGHT and rt.doors.gateway(gone.channel).real
    if gone.channel is Channel.SMS and (fresh or letter is None):  # a provider's list lags behind
        return Recorded(gone.id, gone.attempt, DeliveryState.UNKNOWN, due_at=now + LOOKS_AFTER)
    return _found(rt, gone, letter)


def _found(rt: Runtime, gone: Expired, letter: Outgoing | None) -> Recorded:
    now = rt.clock.now()
    candidates = rt.doors.gateway(gone.channel).look_up(letter) if letter else None
    if candidates is None:
        if gone.channel is Channel.SMS:
            return Recorded(gone.id, gone.attempt, DeliveryState.UNKNOWN, due_at=now + LOOKS_AFTER)
        return Recorded(gone.id, gone.attempt, DeliveryState.READY)
    with rt.reading() as session:
        others = claims.taken_ids(session, candidates)
    ours = next((each for each in candidates if each not in others), None)
    if ours is None:
        return Recorded(gone.id, gone.attempt, DeliveryState.READY)
    return Recorded(gone.id, gone.attempt, DeliveryState.ACCEPTED, provider_id=ours, accepted_at=now)
