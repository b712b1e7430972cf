"""The ledger at work: queue, claim, decide, freeze, send. What comes of it is in `receipts`, what a crash
leaves behind in `reconciling`."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final

from sqlalchemy.orm import Session

from engine.actions import on_call, receipts
from engine.actions.composing import TEST_CAUSE, Composed, compose
from engine.aside import aside
from engine.rules.permission import Allowed, Held, Nature, NotYet, Reach, Refused, may_reach
from engine.rules.receipts import DOWN_RETRY, SLOW_RETRY
from engine.runtime import Runtime
from engine.store import claims, conversations, holds, marks, messages, pauses, reach
from engine.store.base import insert_new, table_of
from engine.store.claims import Claimed, Recorded, Verdict
from engine.store.community import Community, the_community, window_of
from engine.store.deliveries import HOLDING_CAUSE, STOP_CAUSE, Delivery, keep_skeleton
from engine.store.pauses import Paused
from engine.store.sequences import SequenceState
from engine.vocabulary.ids import AddressId, DeliveryId, MemberId, MessageId, RevisionId
from engine.vocabulary.messages import Fault, Outgoing, Receipt
from engine.vocabulary.words import Channel, ConsentState, DeliveryState, Ending, Job, SuppressionReason

LEASE = timedelta(seconds=60)
RENEWED_EVERY = timedelta(seconds=15)  # while a batch is on the wire
RECORDED_EVERY = 1.0  # seconds of carrying: what a crash can leave unknown, and how soon a hold is heard
RECORDED_WITHIN = timedelta(seconds=50)  # what was sent is written down before the lease ends
BATCH = 50
# Entered in_flight by one commit. Texts go one by one, so that none leaves after a STOP is stored but the one
# already handed over.
WIRE_CHUNK = {Channel.EMAIL: BATCH, Channel.SMS: 1}
_AT_ONCE = timedelta()
_AHEAD = timedelta(days=30)  # the ledger is worked through in the order in which things were due
# After these a text waits, and with it whatever would overtake it.
_RETRIES: Final = {Fault.SLOW: SLOW_RETRY, Fault.DOWN: DOWN_RETRY}


@dataclass(frozen=True)
class Words:
    """One person's message, to be carried once for this cause."""

    message_id: MessageId
    cause: str
    channel: Channel
    language: str
    member_id: MemberId | None = None
    address_id: AddressId | None = None
    auto: bool = False  # the machine's own words
    ahead: bool = False  # of all letters that are due


def queue_message(rt: Runtime, words: Words) -> DeliveryId | None:
    """Puts a message into the ledger; None when this cause was queued before."""
    row = {
        "id": DeliveryId(rt.ids.new()),
        "cause": words.cause,
        "channel": words.channel,
        "member_id": words.member_id,
        "address_id": words.address_id,
        "state": DeliveryState.READY,
        "attempt": 0,
        "due_at": rt.clock.now() - (_AHEAD if words.ahead else _AT_ONCE),
        "language": words.language,
        "message_id": words.message_id,
        "auto": words.auto,
        "created_at": rt.clock.now(),
    }
    with rt.transaction() as session:
        new = insert_new(session, table_of(Delivery), [row])
        rt.ring(Job.DELIVER)
    return DeliveryId(new[0]) if new else None


def deliver(rt: Runtime, channels: Collection[Channel] = tuple(Channel), limit: int = BATCH) -> int:
    """Carries what is due on these channels where they are not held, one claimed batch; returns how many rows
    it claimed. Call until 0. A hold keeps nobody from being called to somebody in danger.

    1. Claim under a lease. 2. Ask permission again; put aside what may not leave. 3. Compose with no
    transaction open. 4. For each wire chunk: commit in_flight, send, record. Once this process shall stop, or
    the channel is held, what is not on the wire yet is given back.
    """
    with rt.transaction() as session:
        held = {hold.channel for hold in holds.standing(session)}
        open_channels = [channel for channel in channels if channel not in held]
        claimed = claims.claim_due(session, rt.clock.now(), LEASE, limit, open_channels)
        closed_channels = [channel for channel in channels if channel in held]
        if closed_channels:
            claimed += claims.claim_calls(session, rt.clock.now(), LEASE, limit, closed_channels)
        allowed = _permitted(rt, session, claimed)
        if allowed and rt.doors.real and marks.mark(session, marks.REACHES_PEOPLE) is None:
            marks.set_mark(session, marks.REACHES_PEOPLE, "yes")
    for channel in channels:
        if rows := [row for row in allowed if row.channel is channel]:
            _compose_and_carry(rt, _Way(channel, despite_hold=channel in held), rows)
    return len(claimed)


@dataclass(frozen=True)
class _Way:
    """A channel, and whether these rows go out although it is held."""

    channel: Channel
    despite_hold: bool = False


def _compose_and_carry(rt: Runtime, way: _Way, rows: Sequence[Claimed]) -> None:
    composed = compose(rt, rows)
    with rt.transaction() as session:
        claims.put_aside(session, composed.unsendable)
    size = WIRE_CHUNK[way.channel]
    for start in range(0, len(composed.ready), size):
        wait = _carry(rt, way, composed.ready[start : start + size])
        if wait is not None:
            _put_back(rt, composed.ready[start + size :], wait)
            break


def _permitted(rt: Runtime, session: Session, claimed: Sequence[Claimed]) -> list[Claimed]:
    """Reads everything that bears on these rows at once, decides each, writes the refusals."""
    known = _Known.read(rt, session, claimed)
    allowed, aside = [], []
    for row in claimed:
        match may_reach(known.reach(session, row)):
            case Allowed():
                allowed.append(row)
            case NotYet(until):
                aside.append(Verdict(row.id, row.attempt, DeliveryState.READY, None, until))
            case Held(reason):
                aside.append(Verdict(row.id, row.attempt, DeliveryState.HELD, reason))
            case Refused(reason):
                aside.append(Verdict(row.id, row.attempt, DeliveryState.SKIPPED, reason))
    claims.put_aside(session, aside)
    return allowed


@dataclass(frozen=True)
class _Known:
    """The facts of one claimed batch."""

    now: datetime
    community: Community
    suppressed: dict[AddressId, frozenset[SuppressionReason]]
    consents: dict[tuple[MemberId, AddressId], ConsentState]
    talking: set[MemberId]
    paused: Paused
    unattended: frozenset[RevisionId]  # texts that ask for answers while too few people are on call

    @classmethod
    def read(cls, rt: Runtime, session: Session, claimed: Sequence[Claimed]) -> "_Known":
        members = [row.member_id for row in claimed if row.member_id is not None]
        return cls(
            now=rt.clock.now(),
            community=the_community(session),
            suppressed=reach.suppressed(session, [row.address_id for row in claimed]),
            consents=reach.consented(session, members),
            talking=conversations.talking(session, members),
            paused=pauses.paused(session, members, [row.address_id for row in claimed]),
            unattended=on_call.unattended(rt, session, [row.revision_id for row in claimed]),
        )

    def reach(self, session: Session, row: Claimed) -> Reach:
        nature = nature_of(row)
        member = row.member_id
        asks_when_heard = nature is Nature.REPLY and row.channel is Channel.SMS and member is not None
        return Reach(
            nature=nature,
            channel=row.channel,
            now=self.now,
            zone=row.zone or self.community.zone,
            window=window_of(self.community),
            suppressed=self.suppressed.get(row.address_id, frozenset()),
            consent=self.consents.get((member, row.address_id)) if member else None,
            talking=member in self.talking,
            walk_ended=row.ending not in (None, Ending.LAST_STEP),
            sequence_stopped=row.sequence_state is SequenceState.FINISHED and row.ending is None,
            sequence_paused=row.sequence_state is SequenceState.PAUSED,
            paused=member in self.paused.members or row.address_id in self.paused.addresses,
            unattended=row.revision_id in self.unattended,
            last_heard=messages.last_heard(session, member) if asks_when_heard and member else None,
        )


def nature_of(row: Claimed) -> Nature:
    if row.step is not None and not row.cause.startswith(TEST_CAUSE):
        return Nature.LETTER
    if row.cause.startswith(STOP_CAUSE):
        return Nature.STOP_DONE
    if row.cause.startswith(HOLDING_CAUSE):
        return Nature.HOLDING
    return Nature.ANSWER if row.auto else Nature.REPLY


def _carry(rt: Runtime, way: _Way, chunk: Sequence[Composed]) -> timedelta | None:
    """One wire chunk. Between its first and its last transaction lies the only window in which a crash
    leaves a message unknown. None: go on; else how long whatever comes after it must wait."""
    with rt.transaction() as session:
        if _must_end(rt, session, way):
            _put_back(rt, chunk)
            return _AT_ONCE
        for digest, content in {letter.skeleton for letter in chunk}:
            keep_skeleton(session, digest, content)
        entered = claims.enter_in_flight(session, [letter.frozen for letter in chunk])
    batch = [letter.outgoing for letter in chunk if letter.frozen.id in entered]
    with aside(partial(_renew, rt, [letter.delivery_id for letter in batch]), RENEWED_EVERY):
        return _send(rt, way, batch)


def _send(rt: Runtime, way: _Way, batch: Sequence[Outgoing]) -> timedelta | None:
    """Records as it goes. Answers as `_carry` does."""
    known = 0
    for given in _second_by_second(rt.doors.gateway(way.channel).carry(batch)):
        heard = batch[known : known + len(given)]
        rt.insist(partial(receipts.record, rt, heard, given), within=RECORDED_WITHIN)
        known += len(given)
        last = given[-1].fault
        if way.channel is Channel.SMS and last in _RETRIES:
            return _RETRIES[last]  # as late as the one that was put off, so that nobody overtakes anybody
        with rt.transaction() as session:
            if _must_end(rt, session, way):
                claims.record(session, [_untouched(letter) for letter in batch[known:]])
                return _AT_ONCE
    return None


def _second_by_second(given: Iterable[Receipt]) -> Iterator[list[Receipt]]:
    """The receipts in order, those of one second together. Nothing is sent between two groups."""
    group: list[Receipt] = []
    began = monotonic()
    for receipt in given:
        group.append(receipt)
        if monotonic() - began >= RECORDED_EVERY:
            yield group
            group, began = [], monotonic()
    if group:
        yield group


def _must_end(rt: Runtime, session: Session, way: _Way) -> bool:
    if rt.stopping.is_set() or way.despite_hold:
        return rt.stopping.is_set()
    return way.channel in {hold.channel for hold in holds.standing(session)}


def _untouched(letter: Outgoing) -> Recorded:
    """Nothing of it was said to anybody."""
    return Recorded(letter.delivery_id, letter.attempt, DeliveryState.READY)


def _put_back(rt: Runtime, rest: Sequence[Composed], wait: timedelta = _AT_ONCE) -> None:
    """Claimed and not begun: ready again."""
    due_at = rt.clock.now() + wait if wait else None
    back = [Verdict(each.frozen.id, each.frozen.attempt, DeliveryState.READY, None, due_at) for each in rest]
    with rt.transaction() as session:
        claims.put_aside(session, back)


def _renew(rt: Runtime, ids: Sequence[DeliveryId]) -> None:
    """Whoever waits for a slow server is not gone."""
    with rt.transaction() as session:
        claims.extend(session, ids, LEASE)
