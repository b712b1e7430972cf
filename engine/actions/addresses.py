"""STOP, START and what else decides whether an address may be used."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engine.actions import auditing, enrollments
from engine.runtime import Runtime
from engine.store import reach
from engine.store.addresses import Address, Suppression, ids_by_hash, lift_standing
from engine.store.base import insert_new, table_of
from engine.store.deliveries import STOP_CAUSE, Delivery, skip_unsent
from engine.store.enrollments import of_member
from engine.vocabulary.ids import AddressId
from engine.vocabulary.words import Channel, Ending, EnrollmentState, Refusal, SuppressionReason

_ASKED = (SuppressionReason.STOP, SuppressionReason.UNSUBSCRIBED, SuppressionReason.BY_ORGANIZER)
_SAID_BY = {
    SuppressionReason.STOP: "member",
    SuppressionReason.UNSUBSCRIBED: "member",
    SuppressionReason.COMPLAINT: "member",
    SuppressionReason.BY_ORGANIZER: "organizer",
    SuppressionReason.WRONG_NUMBER: "stranger",
}
UNDO_WITHIN = timedelta(days=7)  # walks that a suppression ended go on when it is lifted in this time
_NOT_OVER = (EnrollmentState.WALKING, EnrollmentState.STANDING, EnrollmentState.PAUSED)


def suppress(rt: Runtime, address_id: AddressId, reason: SuppressionReason) -> bool:
    """Never use this address again until `lift`. In the same transaction its ready, claimed, deferred and
    held deliveries become skipped, so nothing enters in_flight after the commit; only the confirmation of
    a STOP still may. Walks of members who have no other usable address end. True when it was not
    suppressed for this reason already."""
    row = {"id": rt.ids.new(), "address_id": address_id, "reason": reason, "at": rt.clock.now()}
    with rt.transaction() as session:
        new = bool(insert_new(session, table_of(Suppression), [row]))
        unsent = (Delivery.address_id == address_id, ~Delivery.cause.startswith(STOP_CAUSE))
        skip_unsent(session, Refusal.SUPPRESSED, *unsent)
        _end_walks(rt, session, address_id)
        if new:
            by = _SAID_BY.get(reason, "machine")
            auditing.note(rt, "address.suppressed", address_id, by=by, detail=reason)
        return new


def _end_walks(rt: Runtime, session: Session, address_id: AddressId) -> None:
    """Of everyone whose address this is and who has no other that letters may use."""
    owners = reach.members_of(session, address_id)
    usable = reach.for_letters(session, owners)
    for member_id in owners:
        if member_id not in usable:
            for walk in of_member(session, member_id, *_NOT_OVER):
                enrollments.end(rt, walk.id, Ending.STOPPED)


def lift(rt: Runtime, address_id: AddressId, *reasons: SuppressionReason, by: str = "member") -> bool:
    """Lifts what stands for these reasons (START, UNSTOP, or the undo of an unsubscribe within seven
    days); with none named, for whatever the member asked. True when something was lifted. Never lifts a
    hard bounce or a complaint unless named."""
    with rt.transaction() as session:
        lifted = lift_standing(session, address_id, reasons or _ASKED, rt.clock.now())
        if lifted:
            for member_id in reach.members_of(session, address_id):
                enrollments.take_up_stopped(rt, member_id, rt.clock.now() - UNDO_WITHIN)
            auditing.note(rt, "address.lifted", address_id, by=by)
        return lifted


def ensure(rt: Runtime, channel: Channel, value: str) -> AddressId:
    """The row of a normalised address; written without an owner where there is none, so that even a
    stranger's STOP holds."""
    digest = rt.keys.blind("address", value)
    row = {
        "id": rt.ids.new(),
        "channel": channel,
        "value": value,
        "value_hash": digest,
        "created_at": rt.clock.now(),
    }
    with rt.transaction() as session:
        insert_new(session, table_of(Address), [row])
        return ids_by_hash(session, [digest])[digest]
