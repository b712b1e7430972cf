"""Pauses: nothing automatic goes to somebody until a person says so. Only a person lifts one; a likely wish
to stop that nobody looked at for a day is a stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_
from sqlalchemy.orm import Session

from engine.actions import addresses, auditing, enrollments
from engine.runtime import Runtime
from engine.store import conversations, reach, timers
from engine.store import pauses as store
from engine.store.base import insert_new, table_of
from engine.store.deliveries import (
    HOLDING_CAUSE,
    STOP_CAUSE,
    Delivery,
    hold_unsent,
    release_held,
    skip_unsent,
)
from engine.store.pauses import WISHES, Pause
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId, PauseId, RawId, TimerId
from engine.vocabulary.words import Job, PauseEnd, PauseReason, Refusal, SuppressionReason, TimerKind

DECIDED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Whose:
    """The message that pauses, and who wrote it: an address and its members, none for a stranger."""

    raw_id: RawId
    address_id: AddressId | None  # None: it cannot be told which
    members: tuple[MemberId, ...] = ()
    would_stop: tuple[AddressId, ...] = ()  # what a stop would close


def pause(rt: Runtime, whose: Whose, reason: PauseReason) -> bool:
    """From the commit on nothing automatic enters in_flight for them: letters are held, the machine's
    answers skipped. Once for each message and reason: False when it was so already, or nobody is known."""
    if whose.address_id is None:
        return False
    now = rt.clock.now()
    with rt.transaction() as session:
        rows = [
            {
                "id": PauseId(rt.ids.new()),
                "cause": f"{whose.raw_id}:{member_id or whose.address_id}:{reason}",
                "member_id": member_id,
                "address_id": whose.address_id,
                "reason": reason,
                "raw_id": whose.raw_id,
                "would_stop": " ".join(whose.would_stop or (whose.address_id,)),
                "at": now,
                "due_at": now + DECIDED_WITHIN if reason is PauseReason.STOP_LIKELY else None,
            }
            for member_id in (whose.members or (None,))
        ]
        begun = [PauseId(each) for each in insert_new(session, table_of(Pause), rows)]
        if begun:
            _hold(rt, session, whose)
            auditing.note(rt, "pause.begun", whose.address_id, by="machine", detail=reason)
        if reason is PauseReason.STOP_LIKELY:
            for pause_id in begun:
                _set_timer(rt, session, pause_id)
        return bool(begun)


def _set_timer(rt: Runtime, session: Session, pause_id: PauseId) -> None:
    due_at = rt.clock.now() + DECIDED_WITHIN
    timers.set_timer(session, TimerId(rt.ids.new()), TimerKind.DECIDE_PAUSE, pause_id, due_at)


def _hold(rt: Runtime, session: Session, whose: Whose) -> None:
    theirs = or_(Delivery.member_id.in_(whose.members), Delivery.address_id == whose.address_id)
    hold_unsent(session, Refusal.PAUSED, theirs, Delivery.step.is_not(None), ~Delivery.auto)
    kept = or_(Delivery.cause.startswith(STOP_CAUSE), Delivery.cause.startswith(HOLDING_CAUSE))
    skip_unsent(session, Refusal.PAUSED, theirs, Delivery.step.is_(None), Delivery.auto.is_(True), ~kept)
    for member_id in whose.members:
        enrollments.stand(rt, member_id)


def they_want_to_stop(rt: Runtime, pause_ids: Sequence[PauseId], *, by: OrganizerId) -> None:
    """A person has read it and it was a wish to stop: what it would close is closed."""
    with rt.transaction() as session:
        for each in _wishes(session, pause_ids):
            _stop(rt, session, each, PauseEnd.STOPPED, by)


def they_want_to_stay(rt: Runtime, pause_ids: Sequence[PauseId], *, by: OrganizerId) -> None:
    """A person has read it and it was none: their walks go on where no talk keeps them."""
    with rt.transaction() as session:
        for each in _wishes(session, pause_ids):
            _lift(rt, session, each, PauseEnd.STAYED, by)


def _wishes(session: Session, pause_ids: Sequence[PauseId]) -> list[Pause]:
    """With those that the same words began for others: who shares a phone is asked about once. Whoever is in
    danger is not resumed here."""
    found: dict[PauseId, Pause] = {}
    for pause_id in pause_ids:
        row = session.get(Pause, pause_id)
        alike = store.standing_of_words(session, row.raw_id) if row is not None and row.raw_id else []
        found |= {each.id: each for each in alike if each.reason in WISHES}
    return list(found.values())


def ring_decision(rt: Runtime, rung: timers.Rung) -> None:
    """Nobody has looked at a likely wish to stop for a day: it was one."""
    with rt.transaction() as session:
        timers.clear_timer(session, rung.kind, rung.scope)
        row = session.get(Pause, PauseId(rung.scope))
        if row is not None and row.lifted_at is None:
            _stop(rt, session, row, PauseEnd.BY_TIME, None)


def resume(rt: Runtime, raw_id: RawId, *, by: OrganizerId) -> bool:
    """Lifts what one cry for help has paused; whoever was on call says so. False when nothing stood."""
    with rt.transaction() as session:
        rows = [each for each in store.standing_of_words(session, raw_id) if each.reason not in WISHES]
        for each in rows:
            _lift(rt, session, each, PauseEnd.RESUMED, by)
        return bool(rows)


def _stop(rt: Runtime, session: Session, row: Pause, end: PauseEnd, by: OrganizerId | None) -> None:
    for address_id in row.would_stop.split():
        addresses.suppress(rt, AddressId(address_id), SuppressionReason.STOP)
    _lift(rt, session, row, end, by)


def _lift(rt: Runtime, session: Session, row: Pause, end: PauseEnd, by: OrganizerId | None) -> None:
    row.lifted_at, row.lifted_by, row.end = rt.clock.now(), by, end
    timers.clear_timer(session, TimerKind.DECIDE_PAUSE, row.id)
    session.flush()
    subject = row.address_id or row.member_id or row.id
    auditing.note(rt, "pause.lifted", subject, by=by or "machine", detail=end)
    members = [row.member_id] if row.member_id else []
    if row.address_id is not None:
        members += reach.members_of(session, row.address_id)
    _go_on(rt, session, members)


def _go_on(rt: Runtime, session: Session, members: Sequence[MemberId]) -> None:
    """Whom nothing else keeps. Permission is asked anew for every letter that was held."""
    still = store.paused_members(session, members)
    free = [each for each in dict.fromkeys(members) if each not in still]
    now = rt.clock.now()
    if release_held(session, Refusal.PAUSED, now, Delivery.member_id.in_(free)):
        rt.ring(Job.DELIVER)
    talking = conversations.talking(session, free)
    for member_id in free:
        if member_id not in talking:
            enrollments.walk_on(rt, member_id)
