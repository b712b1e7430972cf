"""The ledger at work: queue, claim, decide, freeze, send. What comes of it is in `receipts`, what a crash
leaves behind in `reconciling`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from engine.actions import receipts
from engine.actions.composing import TEST_CAUSE, Composed, compose
from engine.aside import aside
from engine.rules.permission import Allowed, Held, Nature, NotYet, Reach, Refused, may_reach
from engine.rules.receipts import SLOW_RETRY
from engine.runtime import Runtime
from engine.store import claims, conversations, holds, messages, reach
from engine.store.base import insert_new, table_of
from engine.store.claims import Claimed, Verdict
from engine.store.community import Community, the_community, window_of
from engine.store.deliveries import STOP_CAUSE, Delivery, keep_skeleton
from engine.store.sequences import SequenceState
from engine.vocabulary.ids import AddressId, DeliveryId, MemberId, MessageId
from engine.vocabulary.messages import Fault
from engine.vocabulary.words import Channel, ConsentState, DeliveryState, Ending, Job, SuppressionReason

LEASE = timedelta(seconds=60)
RENEWED_EVERY = timedelta(seconds=15)  # while a batch is on the wire
RECORDED_WITHIN = timedelta(seconds=50)  # what was sent is written down before the lease ends
# Entered in_flight by one commit: what a crash can leave unknown. Texts go one by one, so that none leaves
# after a STOP is stored but the one already handed over.
WIRE_CHUNK = {Channel.EMAIL: 50, Channel.SMS: 1}
BATCH = 50  # one wire chunk of email: between two batches a worker hears that it shall stop


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
        "due_at": rt.clock.now(),
        "language": words.language,
        "message_id": words.message_id,
        "auto": words.auto,
        "created_at": rt.clock.now(),
    }
    with rt.transaction() as session:
        new = insert_new(session, table_of(Delivery), [row])
        rt.ring(Job.DELIVER)
    return DeliveryId(new[0]) if new else None


def deliver(rt: Runtime, limit: int = BATCH) -> int:
    """Carries what is due on the channels that are not held, one claimed batch; returns how many rows it
    claimed. Call until 0.

    1. Claim under a lease. 2. Ask permission again; put aside what may not leave. 3. Compose with no
    transaction open. 4. For each wire chunk: commit in_flight, send, record.
    """
    with rt.transaction() as session:
        open_channels = set(Channel) - {hold.channel for hold in holds.standing(session)}
        claimed = claims.claim_due(session, rt.clock.now(), LEASE, limit, open_channels)
        allowed = _permitted(rt, session, claimed)
    for channel in Channel:
        composed = compose(rt, [row for row in allowed if row.channel is channel])
        with rt.transaction() as session:
            claims.put_aside(session, composed.unsendable)
        size = WIRE_CHUNK[channel]
        for start in range(0, len(composed.ready), size):
            if not _carry(rt, channel, composed.ready[start : start + size]):
                _put_back(rt, composed.ready[start + size :])
                break
    return len(claimed)


def _permitted(rt: Runtime, session: Session, claimed: Sequence[Claimed]) -> list[Claimed]:
    """Reads everything that bears on these rows in four queries, decides each, writes the refusals."""
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

    @classmethod
    def read(cls, rt: Runtime, session: Session, claimed: Sequence[Claimed]) -> "_Known":
        members = [row.member_id for row in claimed if row.member_id is not None]
        return cls(
            now=rt.clock.now(),
            community=the_community(session),
            suppressed=reach.suppressed(session, [row.address_id for row in claimed]),
            consents=reach.consented(session, members),
            talking=conversations.talking(session, members),
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
            last_heard=messages.last_heard(session, member) if asks_when_heard and member else None,
        )


def nature_of(row: Claimed) -> Nature:
    if row.step is not None and not row.cause.startswith(TEST_CAUSE):
        return Nature.LETTER
    if row.cause.startswith(STOP_CAUSE):
        return Nature.STOP_DONE
    return Nature.ANSWER if row.auto else Nature.REPLY


def _carry(rt: Runtime, channel: Channel, chunk: Sequence[Composed]) -> bool:
    """One wire chunk. Between the two transactions lies the only window in which a crash leaves a
    message unknown. False: the provider of texts asks us to slow down, and the rest must wait."""
    with rt.transaction() as session:
        if channel in {hold.channel for hold in holds.standing(session)}:  # since the claim
            claims.put_aside(session, [_back(letter) for letter in chunk])
            return True
        for digest, content in {letter.skeleton for letter in chunk}:
            keep_skeleton(session, digest, content)
        entered = claims.enter_in_flight(session, [letter.frozen for letter in chunk])
    batch = [letter.outgoing for letter in chunk if letter.frozen.id in entered]
    if batch:
        with aside(partial(_renew, rt, [letter.delivery_id for letter in batch]), RENEWED_EVERY):
            given = rt.doors.gateway(channel).carry(batch)
        rt.insist(lambda: receipts.record(rt, batch, given), within=RECORDED_WITHIN)
        return not (channel is Channel.SMS and given[-1].fault is Fault.SLOW)
    return True


def _back(letter: Composed, due_at: datetime | None = None) -> Verdict:
    return Verdict(letter.frozen.id, letter.frozen.attempt, DeliveryState.READY, None, due_at)


def _put_back(rt: Runtime, rest: Sequence[Composed]) -> None:
    """As late as the one that was put off, so that nobody overtakes anybody."""
    later = rt.clock.now() + SLOW_RETRY
    with rt.transaction() as session:
        claims.put_aside(session, [_back(letter, later) for letter in rest])


def _renew(rt: Runtime, ids: Sequence[DeliveryId]) -> None:
    """Whoever waits for a slow server is not gone."""
    with rt.transaction() as session:
        claims.extend(session, ids, LEASE)
