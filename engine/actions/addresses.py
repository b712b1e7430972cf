"""STOP, START and what else decides whether an address may be used."""

from engine.runtime import Runtime
from engine.vocabulary.ids import AddressId
from engine.vocabulary.words import SuppressionReason


def suppress(rt: Runtime, address_id: AddressId, reason: SuppressionReason) -> bool:
    """Never use this address again until `lift`. In the same transaction its ready, claimed and
    deferred deliveries become skipped, so nothing enters in_flight after the commit. Walks of members
    who have no other usable address end. True when it was not suppressed for this reason already."""
    raise NotImplementedError


def lift(rt: Runtime, address_id: AddressId, *reasons: SuppressionReason) -> bool:
    """Lifts what stands for these reasons (START, UNSTOP, or the undo of an unsubscribe within seven
    days). True when something was lifted. Never lifts a hard bounce or a complaint unless named."""
    raise NotImplementedError
