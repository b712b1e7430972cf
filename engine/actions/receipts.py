"""What came of sending: receipts at once, reports and bad news later. Each is written once and what is
final never goes back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from engine.actions import addresses, auditing
from engine.rules import receipts as rules
from engine.rules.receipts import GIVES_UP_AFTER, HOLDS, LOOKS_AFTER, SUPPRESSIONS
from engine.runtime import Runtime
from engine.store import claims, deliveries, holds, provider_events
from engine.store.claims import Recorded
from engine.store.deliveries import Delivery
from engine.store.holds import Hold
from engine.store.provider_events import Report
from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.messages import Fault, Outgoing, Receipt
from engine.vocabulary.words import Channel, DeliveryState, HoldReason, Job, SuppressionReason

MOST_FILTERED = 0.02  # of the texts of a day; above it carriers take us for spam, and texts are held
_ENOUGH_TO_JUDGE = 100


def record(rt: Runtime, batch: Sequence[Outgoing], given: Sequence[Receipt]) -> None:
    """Writes what a gateway answered, one receipt for each letter. An email that may have arrived is due
    again under the same Message-ID; a text is looked up first. Dead addresses are suppressed, and a
    channel that is refused as a whole is held."""
    with rt.transaction() as session:
        claims.record(session, [_recorded(rt, *pair) for pair in zip(batch, given, strict=True)])
        for letter, receipt in zip(batch, given, strict=True):
            if receipt.fault is not None:
                _follow(rt, session, letter.delivery_id, receipt.fault, receipt.detail)


def _recorded(rt: Runtime, letter: Outgoing, receipt: Receipt) -> Recorded:
    now = rt.clock.now()
    settled = rules.settle(receipt, letter, now, _jitter(receipt))
    accepted = settled.state is DeliveryState.ACCEPTED
    return Recorded(
        receipt.delivery_id,
        receipt.attempt,
        settled.state,
        problem=receipt.detail or None,
        provider_id=receipt.provider_id,
        due_at=settled.due_at,
        accepted_at=now if accepted else None,
    )


def _jitter(receipt: Receipt) -> float:
    """Between 0 and 1, the same for the same attempt: replays and simulations agree with what happened."""
    digest = hashlib.sha256(f"{receipt.delivery_id}{receipt.attempt}".encode()).digest()
    return digest[0] / 256


def _follow(rt: Runtime, session: Session, delivery_id: DeliveryId, fault: Fault, detail: str) -> None:
    """What a fault means beyond its own delivery."""
    delivery = session.get_one(Delivery, delivery_id)
    if fault in SUPPRESSIONS and delivery.address_id is not None:
        dead = fault is Fault.ADDRESS and delivery.channel is Channel.SMS
        reason = SuppressionReason.WRONG_NUMBER if dead else SUPPRESSIONS[fault]
        addresses.suppress(rt, delivery.address_id, reason)
    elif fault in HOLDS:
        hold(rt, delivery.channel, HOLDS[fault], detail)
    elif fault is Fault.FILTERED:
        _judge_filtering(rt, session)


def _judge_filtering(rt: Runtime, session: Session) -> None:
    if any(each.channel is Channel.SMS for each in holds.standing(session)):
        return
    since = rt.clock.now() - timedelta(days=1)
    sent = deliveries.texts_since(session, since)
    filtered = provider_events.filtered_since(session, since)
    if sent >= _ENOUGH_TO_JUDGE and filtered > sent * MOST_FILTERED:
        hold(rt, Channel.SMS, HoldReason.FILTERED, f"{filtered} of {sent} texts in a day")


def hold(rt: Runtime, channel: Channel, reason: HoldReason, detail: str = "", *, by: str = "machine") -> None:
    """Nothing of this channel is claimed until `release`. What is on the wire already is not called back."""
    with rt.transaction() as session:
        if holds.hold(session, Hold(channel, reason, detail[:500], rt.clock.now())):
            auditing.note(rt, "sending.held", channel, by=by, detail=reason)


def release(rt: Runtime, channel: Channel, *, by: str) -> None:
    """Sending goes on; every permission is asked anew."""
    with rt.transaction() as session:
        if holds.release(session, channel):
            auditing.note(rt, "sending.released", channel, by=by)
            rt.ring(Job.DELIVER)


# --- what is reported later --------------------------------------------------------------------

_OPEN_TO_REPORTS = (
    DeliveryState.READY,  # looked for in a list that lagged, and not sent again yet
    DeliveryState.IN_FLIGHT,
    DeliveryState.UNKNOWN,
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.DELIVERED,
    DeliveryState.BOUNCED,
)
_NOT_ON_THE_WIRE = (
    DeliveryState.READY,
    DeliveryState.CLAIMED,
    DeliveryState.DEFERRED,
    DeliveryState.HELD,
)


def note_report(rt: Runtime, report: Report) -> None:
    """Keeps a provider's report and folds all of that attempt into the delivery's state. Order and
    repetition change nothing; a report that comes before the request that caused it has returned
    tells us that it was taken over. Reports of nothing we sent are ignored."""
    with rt.transaction() as session:
        delivery = deliveries.locked(session, report.delivery_id)
        if delivery is None or not provider_events.keep(session, rt.ids.new(), report, rt.clock.now()):
            return
        this = delivery.attempt == report.attempt and delivery.state in _OPEN_TO_REPORTS
        if this or _tells_of_success(session, delivery, report):
            _fold(rt, session, delivery, report)


def _tells_of_success(session: Session, delivery: Delivery, report: Report) -> bool:
    """An earlier attempt was taken over after all; the next one is not on the wire yet, and need not be."""
    if delivery.state not in _NOT_ON_THE_WIRE or report.attempt > delivery.attempt:
        return False
    reports = provider_events.reports(session, delivery.id, report.attempt)
    said = rules.fold(frozenset((each.status, each.code) for each in reports))
    return said.state in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)


def _fold(rt: Runtime, session: Session, delivery: Delivery, report: Report) -> None:
    reports = provider_events.reports(session, delivery.id, report.attempt)
    said = rules.fold(frozenset((each.status, each.code) for each in reports))
    if delivery.provider_id is None:
        deliveries.disown(session, report.provider_id, rt.clock.now() + LOOKS_AFTER)
        delivery.provider_id = report.provider_id
    delivery.lease_until = None
    delivery.accepted_at = delivery.accepted_at or rt.clock.now()
    if said.fault is not None:
        delivery.problem = f"{report.status}, error {report.code}" if report.code else report.status
    if said.state is not DeliveryState.DEFERRED:
        delivery.state = said.state
    elif delivery.state is not DeliveryState.DEFERRED:  # else its next attempt is set already
        _try_again(rt, session, delivery, said.fault)
    session.flush()
    if said.fault is not None:
        _follow(rt, session, delivery.id, said.fault, delivery.problem or "")


def _try_again(rt: Runtime, session: Session, delivery: Delivery, fault: Fault | None) -> None:
    """A text that did not get through and may yet; its next attempt is a new message of the provider."""
    now = rt.clock.now()
    wait = rules.backoff(delivery.attempt)
    if fault not in HOLDS and delivery.composed_at and now - delivery.composed_at > GIVES_UP_AFTER:
        delivery.state = DeliveryState.BOUNCED
        return
    if fault is Fault.UNREACHED:
        times = provider_events.attempts_unreached(session, delivery.id)
        spaced = rules.retry_unreached(times)
        if spaced is None:
            delivery.state = DeliveryState.BOUNCED
            return
        wait = spaced
    delivery.state, delivery.due_at, delivery.provider_id = DeliveryState.DEFERRED, now + wait, None


@dataclass(frozen=True)
class BadNews:
    """What came back about a delivery after it was accepted."""

    delivery_id: DeliveryId
    state: DeliveryState  # BOUNCED or COMPLAINED
    reason: str


def note_bad_news(rt: Runtime, news: BadNews) -> None:
    """Terminal states never go back: a second report changes nothing."""
    with rt.transaction() as session:
        row = session.get(Delivery, news.delivery_id)
        if row is not None and row.state not in (DeliveryState.BOUNCED, DeliveryState.COMPLAINED):
            row.state, row.problem = news.state, news.reason[:200]
