"""What follows from a receipt: the state of the ledger row, when it is due again, and what is held."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind
from engine.vocabulary.words import Channel, DeliveryState, HoldReason, SuppressionReason

GIVES_UP_AFTER = timedelta(days=3)  # of being put off; counted from the first attempt
LOOKS_AFTER = timedelta(minutes=2)  # a provider's list is asked about an unknown text no sooner
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=2), timedelta(hours=4)
DOWN_RETRY = timedelta(seconds=30)
SLOW_RETRY = timedelta(minutes=1)
_UNREACHED_RETRIES = (timedelta(minutes=30), timedelta(hours=4))
_HELD_RETRY = timedelta(minutes=1)  # after the hold is released

HOLDS = {
    Fault.LOGIN: HoldReason.REFUSED_LOGIN,
    Fault.STREAM: HoldReason.REFUSED_STREAM,
    Fault.NOT_APPROVED: HoldReason.NOT_APPROVED,
}
SUPPRESSIONS = {Fault.ADDRESS: SuppressionReason.HARD_BOUNCE, Fault.OPTED_OUT: SuppressionReason.STOP}


@dataclass(frozen=True)
class Settled:
    """`due_at` is set where it will be tried, or looked for, again."""

    state: DeliveryState
    due_at: datetime | None = None


def settle(receipt: Receipt, letter: Outgoing, now: datetime, jitter: float) -> Settled:
    """`jitter` (0 to 1) spreads the retries of many letters that were put off together."""
    if receipt.kind is ReceiptKind.ACCEPTED:
        return Settled(DeliveryState.ACCEPTED)
    if receipt.kind is ReceiptKind.UNKNOWN and letter.channel is Channel.SMS:
        return Settled(DeliveryState.UNKNOWN, now + LOOKS_AFTER)
    if receipt.fault is Fault.DOWN and letter.channel is Channel.SMS:
        return Settled(DeliveryState.READY, now + DOWN_RETRY)  # all alike: the order of a thread stays
    if receipt.fault is Fault.DOWN:
        return Settled(DeliveryState.READY, now + DOWN_RETRY * (1 + jitter))
    if receipt.fault in HOLDS:
        return Settled(DeliveryState.DEFERRED, now + _HELD_RETRY)
    if receipt.kind is ReceiptKind.REFUSED or now - letter.first_tried > GIVES_UP_AFTER:
        return Settled(DeliveryState.REFUSED)
    if receipt.fault is Fault.SLOW and letter.channel is Channel.SMS:
        return Settled(DeliveryState.DEFERRED, now + SLOW_RETRY)  # all alike: the order of a thread stays
    return Settled(DeliveryState.DEFERRED, now + backoff(receipt.attempt) * (1 + jitter / 4))


def backoff(attempt: int) -> timedelta:
    """2 minutes after the first attempt, doubled with each, at most 4 hours."""
    doubled: timedelta = _FIRST_RETRY * (1 << min(attempt - 1, 10))
    return min(doubled, _LONGEST_RETRY)


def retry_unreached(times: int) -> timedelta | None:
    """How long to wait after the phone was off for the n-th time (from 1); None: no more."""
    return _UNREACHED_RETRIES[times - 1] if times <= len(_UNREACHED_RETRIES) else None


# Twilio's error codes, of a refused request and of a failed message alike (trust.md S6, S10, S11).
_FAULTS = {
    21211: Fault.ADDRESS,
    21614: Fault.ADDRESS,
    30005: Fault.ADDRESS,
    30006: Fault.ADDRESS,
    21610: Fault.OPTED_OUT,
    30003: Fault.UNREACHED,
    30008: Fault.UNREACHED,
    30004: Fault.FILTERED,
    30007: Fault.FILTERED,
    20429: Fault.SLOW,
    21611: Fault.SLOW,
    30001: Fault.SLOW,
    30036: Fault.EXPIRED,
    30032: Fault.NOT_APPROVED,
    30034: Fault.NOT_APPROVED,
    20003: Fault.LOGIN,
    20404: Fault.LOGIN,  # no such account
    21212: Fault.NOT_APPROVED,  # these five: our own sender is wrong, whoever it goes to
    21606: Fault.NOT_APPROVED,
    21659: Fault.NOT_APPROVED,
    21660: Fault.NOT_APPROVED,
    21703: Fault.NOT_APPROVED,
}


def fault_of(code: int | None) -> Fault:
    """What a Twilio error code means for us; a code we do not know is this message's own fault."""
    return _FAULTS.get(code or 0, Fault.LETTER)


@dataclass(frozen=True)
class Reported:
    """What the reports of one attempt say together, in whatever order they came."""

    state: DeliveryState
    fault: Fault | None = None


_FAILED = ("failed", "undelivered", "canceled")


def fold(reports: frozenset[tuple[str, int | None]]) -> Reported:
    """(status, error code) of each report. Delivered outranks failed, failed outranks on its way:
    what is final never goes back."""
    if any(status in ("delivered", "read") for status, _ in reports):
        return Reported(DeliveryState.DELIVERED)
    failed = sorted(code or 0 for status, code in reports if status in _FAILED)
    if not failed:
        return Reported(DeliveryState.ACCEPTED)
    fault = fault_of(failed[-1])
    again = fault in (Fault.UNREACHED, Fault.SLOW, Fault.EXPIRED) or fault in HOLDS
    return Reported(DeliveryState.DEFERRED if again else DeliveryState.BOUNCED, fault)
