"""Members walk: enrolled, advanced, held while a person talks, ended."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions import on_call
from engine.actions.scripts import script_of
from engine.rules.hours import next_open_moment
from engine.rules.walk import Facts, Finish, Place, Send, Skip, Stand, Wait, next_move
from engine.runtime import Runtime
from engine.store import audiences, conversations, enrollments, members, pauses, reach, sequences
from engine.store.base import insert_new, table_of
from engine.store.community import the_community, window_of
from engine.store.deliveries import Delivery, release_held, skip_unsent
from engine.store.enrollments import Enrollment, Walker
from engine.store.enrollments import Move as NewPlace
from engine.store.sequences import Sequence as SequenceRow
from engine.vocabulary.ids import AddressId, DeliveryId, EnrollmentId, MemberId, RevisionId, SequenceId
from engine.vocabulary.script import Audience, Script, Window
from engine.vocabulary.words import Channel, DeliveryState, Ending, EnrollmentState, Job, Refusal

log = logging.getLogger("porchlight")

_LOOK_AGAIN = timedelta(hours=1)
_AT_ONCE = 1000  # newcomers enrolled by one transaction


def enroll(rt: Runtime, sequence_id: SequenceId, member_ids: Sequence[MemberId]) -> int:
    """Begins the walk of each whom letters may reach and who never walked it; returns how many were new.
    The others can begin later, when they have agreed. Raises LookupError when the sequence has no
    published Revision, OnCallNeeded."""
    with rt.transaction() as session:
        sequence = session.get(SequenceRow, sequence_id)
        if sequence is None or sequence.revision_id is None:
            raise LookupError("This sequence has nothing published yet.")
        now = rt.clock.now()
        on_call.insist(rt, session, sequence.revision_id)
        standing = _stand_still(session, member_ids)
        reached = reach.for_letters(session, member_ids)
        rows = [
            {
                "id": EnrollmentId(rt.ids.new()),
                "member_id": member_id,
                "sequence_id": sequence_id,
                "revision_id": sequence.revision_id,
                "state": EnrollmentState.STANDING if member_id in standing else EnrollmentState.WALKING,
                "started_at": now,
                "due_at": now,
            }
            for member_id in member_ids
            if member_id in reached
        ]
        return len(insert_new(session, table_of(Enrollment), rows))


def _stand_still(session: Session, member_ids: Sequence[MemberId]) -> set[MemberId]:
    """A person is talking with them, or must speak first."""
    return conversations.talking(session, member_ids) | pauses.paused_members(session, member_ids)


def enroll_audiences(rt: Runtime) -> int:
    """Enrolls whoever the `For:` of each running sequence names and who never walked it."""
    begun = 0
    with rt.reading() as session:
        found = []
        for sequence in sequences.running(session):
            assert sequence.revision_id is not None
            if on_call.unattended(rt, session, [sequence.revision_id]):
                continue
            phrase = _audience(session, sequence.revision_id)
            if phrase is not None:
                new = audiences.newcomers(session, phrase, sequence.id, rt.clock.now(), _AT_ONCE)
                found.append((sequence.id, new))
    for sequence_id, new in found:
        if new:
            begun += enroll(rt, sequence_id, new)
    return begun


def _audience(session: Session, revision_id: RevisionId) -> Audience | None:
    """Whom the published text names; nobody while it cannot be read."""
    try:
        return script_of(session, revision_id, "").audience
    except LookupError as problem:
        log.error("Revision %s cannot be read: %s", revision_id, type(problem).__name__)
        return None


def advance(rt: Runtime, limit: int = 500) -> int:
    """Moves everyone who is due one move on: `rules.walk.next_move`, then ledger rows and places in
    one transaction. Returns how many were due. Called by the tick until 0."""
    with rt.transaction() as session:
        now = rt.clock.now()
        walkers = enrollments.due_walkers(session, now, limit)
        if not walkers:
            return 0
        known = _Known.read(rt, session, walkers)
        steps = [_guarded_move(session, known, walker) for walker in walkers]
        rows = [_ledger_row(rt, known, step) for step in steps if step.letter is not None]
        insert_new(session, table_of(Delivery), rows)
        enrollments.take_places(session, [step.place for step in steps])
        if rows:
            rt.ring(Job.DELIVER)
        return len(walkers)


@dataclass(frozen=True)
class _Known:
    """The facts of one batch of walkers."""

    now: datetime
    window: Window
    talking: set[MemberId]
    addresses: dict[MemberId, dict[Channel, AddressId]]
    tags: dict[MemberId, frozenset[str]]
    real: bool  # a gateway reaches real people
    attended: bool  # who is in need is seen: letters may ask for answers

    @classmethod
    def read(cls, rt: Runtime, session: Session, walkers: Sequence[Walker]) -> "_Known":
        ids = [walker.member_id for walker in walkers]
        return cls(
            now=rt.clock.now(),
            window=window_of(the_community(session)),
            talking=_stand_still(session, ids),
            addresses=reach.for_letters(session, ids),
            tags=members.tags_of(session, ids),
            real=rt.doors.real,
            attended=not rt.doors.real or on_call.enough(session),
        )

    def facts(self, walker: Walker) -> Facts:
        return Facts(
            now=self.now,
            zone=walker.zone,
            replied=walker.replied_at is not None,
            talking=walker.member_id in self.talking,
            tags=self.tags.get(walker.member_id, frozenset()),
            joined_at=walker.joined_at,
            language=walker.language,
            channel=walker.channel,
            reachable=frozenset(self.addresses.get(walker.member_id, {})),
        )


@dataclass(frozen=True)
class _Step:
    """One move: the new place, and the letter it sends or passes by."""

    walker: Walker
    place: NewPlace
    letter: str | None = None  # the step's name
    channel: Channel = Channel.EMAIL
    passed: Refusal | None = None  # why it is recorded as skipped


def _guarded_move(session: Session, known: _Known, walker: Walker) -> _Step:
    """A walk that cannot be decided is looked at again in an hour, and stops no other."""
    try:
        return _one_move(session, known, walker)
    except (LookupError, ValueError) as problem:
        log.error("Walk %s cannot go on: %s", walker.id, type(problem).__name__)
        return _Step(walker, _stay(walker, EnrollmentState.WALKING, known.now + _LOOK_AGAIN))


def _one_move(session: Session, known: _Known, walker: Walker) -> _Step:
    script = script_of(session, walker.revision_id, walker.language)
    place = Place(
        last_step=walker.last_step,
        last_step_at=walker.last_step_at,
        started_at=walker.started_at,
        branch=walker.branch,
        branch_at=walker.branch_at,
    )
    match next_move(script, place, known.facts(walker)):
        case Send(step, channel):
            return _send(script, known, walker, (step, channel))
        case Skip(step, reason):
            return _Step(walker, _after(known, walker, step), step, walker.channel, reason)
        case Wait(until):
            return _Step(walker, _stay(walker, EnrollmentState.WALKING, until))
        case Stand():
            return _Step(walker, _stay(walker, EnrollmentState.STANDING, known.now))
        case Finish(ending):
            return _Step(walker, _ended(known, walker, ending))
        case _ as other:
            assert_never(other)


def _send(script: Script, known: _Known, walker: Walker, what: tuple[str, Channel]) -> _Step:
    """Sends when both the sequence's window and the community's are open; else looks again then. A
    sample never leaves by a real gateway: it is looked at again until a true story stands in its place; nor
    does a letter that asks for answers before enough people are on call."""
    if (script.sample and known.real) or (script.two_way and not known.attended):
        return _Step(walker, _stay(walker, EnrollmentState.WALKING, known.now + _LOOK_AGAIN))
    for window in (script.window, known.window):
        opens = next_open_moment(window, walker.zone, known.now)
        if opens > known.now:
            return _Step(walker, _stay(walker, EnrollmentState.WALKING, opens))
    step, channel = what
    return _Step(walker, _after(known, walker, step), step, channel)


def _stay(walker: Walker, state: EnrollmentState, due_at: datetime) -> NewPlace:
    return NewPlace(
        walker.id, walker.revision_id, state, due_at,
        walker.last_step, walker.last_step_at, walker.branch, walker.branch_at,
    )  # fmt: skip


def _after(known: _Known, walker: Walker, step: str) -> NewPlace:
    """Past this step; due at once, so that the next look finds out what comes and when."""
    return NewPlace(
        walker.id, walker.revision_id, EnrollmentState.WALKING, known.now, step, known.now, None, None
    )


def _ended(known: _Known, walker: Walker, ending: Ending) -> NewPlace:
    return NewPlace(
        walker.id, walker.revision_id, EnrollmentState.ENDED, None,
        walker.last_step, walker.last_step_at, None, None, ending, known.now,
    )  # fmt: skip


def _ledger_row(rt: Runtime, known: _Known, step: _Step) -> dict[str, Any]:
    walker = step.walker
    return {
        "id": DeliveryId(rt.ids.new()),
        "cause": f"walk:{walker.id}:{step.letter}:{step.channel}",
        "channel": step.channel,
        "member_id": walker.member_id,
        "address_id": known.addresses.get(walker.member_id, {}).get(step.channel),
        "state": DeliveryState.READY if step.passed is None else DeliveryState.SKIPPED,
        "reason": step.passed,
        "attempt": 0,
        "due_at": known.now,
        "enrollment_id": walker.id,
        "revision_id": walker.revision_id,
        "step": step.letter,
        "language": walker.language,
        "auto": False,
        "created_at": known.now,
    }


def stand(rt: Runtime, member_id: MemberId) -> None:
    """A person is talking with this member: every walk of theirs stands still."""
    with rt.transaction() as session:
        session.execute(
            update(Enrollment)
            .where(Enrollment.member_id == member_id, Enrollment.state == EnrollmentState.WALKING)
            .values(state=EnrollmentState.STANDING)
        )


def walk_on(rt: Runtime, member_id: MemberId) -> None:
    """The talk is over: the member's walks go on, and letters held for it are ready again. A branch that
    waited for a person begins to count now."""
    with rt.transaction() as session:
        now = rt.clock.now()
        standing = update(Enrollment).where(
            Enrollment.member_id == member_id, Enrollment.state == EnrollmentState.STANDING
        )
        session.execute(standing.where(Enrollment.branch.is_not(None)).values(branch_at=now))
        session.execute(standing.values(state=EnrollmentState.WALKING, due_at=now))
        if release_held(session, Refusal.HAS_REPLIED, now, Delivery.member_id == member_id):
            rt.ring(Job.DELIVER)


def heard(rt: Runtime, enrollment_id: EnrollmentId) -> None:
    """The member replied within this walk."""
    with rt.transaction() as session:
        walk = session.get(Enrollment, enrollment_id)
        if walk is not None and walk.replied_at is None:
            walk.replied_at = rt.clock.now()


def branch_to(rt: Runtime, enrollment_id: EnrollmentId, step: str) -> bool:
    """A reply told the walk to go on at this step; letters before it that have not left are skipped.
    False when the walk is over."""
    with rt.transaction() as session:
        walk = session.get(Enrollment, enrollment_id)
        if walk is None or walk.state is EnrollmentState.ENDED:
            return False
        now = rt.clock.now()
        walk.branch, walk.branch_at, walk.due_at = step, now, now
        skip_unsent(session, Refusal.HAS_REPLIED, Delivery.enrollment_id == enrollment_id)
        return True


def pause(rt: Runtime, enrollment_id: EnrollmentId) -> None:
    _change(rt, enrollment_id, EnrollmentState.PAUSED, EnrollmentState.WALKING, EnrollmentState.STANDING)


def resume(rt: Runtime, enrollment_id: EnrollmentId) -> None:
    """A member who is being talked with, or is paused, stands until that is over."""
    with rt.transaction() as session:
        walk = session.get(Enrollment, enrollment_id)
        if walk is None:
            raise LookupError("There is no such walk.")
        standing = bool(_stand_still(session, [walk.member_id]))
        state = EnrollmentState.STANDING if standing else EnrollmentState.WALKING
        _change(rt, enrollment_id, state, EnrollmentState.PAUSED)


def _change(
    rt: Runtime, enrollment_id: EnrollmentId, state: EnrollmentState, *before: EnrollmentState
) -> None:
    with rt.transaction() as session:
        session.execute(
            update(Enrollment)
            .where(Enrollment.id == enrollment_id, Enrollment.state.in_(before))
            .values(state=state, due_at=rt.clock.now())
        )


def take_up_stopped(rt: Runtime, member_id: MemberId, since: datetime) -> None:
    """Walks that ended since then because no address was left go on where they stood."""
    with rt.transaction() as session:
        standing = bool(_stand_still(session, [member_id]))
        session.execute(
            update(Enrollment)
            .where(Enrollment.member_id == member_id, Enrollment.ending == Ending.STOPPED)
            .where(Enrollment.ended_at >= since)
            .values(
                state=EnrollmentState.STANDING if standing else EnrollmentState.WALKING,
                ending=None,
                ended_at=None,
                due_at=rt.clock.now(),
            )
        )


def end(rt: Runtime, enrollment_id: EnrollmentId, ending: Ending) -> None:
    """Ends the walk; letters of it that have not left are skipped."""
    with rt.transaction() as session:
        session.execute(
            update(Enrollment)
            .where(Enrollment.id == enrollment_id, Enrollment.state != EnrollmentState.ENDED)
            .values(state=EnrollmentState.ENDED, ending=ending, ended_at=rt.clock.now(), due_at=None)
        )
        skip_unsent(session, Refusal.WALK_ENDED, Delivery.enrollment_id == enrollment_id)
