"""A person says what a reply means: what the machine does follows, and the reader is tested with it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.actions import addresses, alerts, auditing, conversations, pauses
from engine.actions import members as people
from engine.actions.alerts import Cry
from engine.actions.pauses import Whose
from engine.rules.meanings import CRISES, STOPS, Need, Sense, in_order
from engine.runtime import Runtime
from engine.store import alerts as alert_store
from engine.store import meanings as store
from engine.store import pauses as pause_store
from engine.store import reach
from engine.store.addresses import linked
from engine.store.conversations import Conversation
from engine.store.meanings import Read, Understood
from engine.store.messages import Message, newest_inbound
from engine.store.pauses import WISHES
from engine.vocabulary.ids import AddressId, MessageId, OrganizerId
from engine.vocabulary.meanings import Crisis, Understanding
from engine.vocabulary.words import ConversationState, Direction, SuppressionReason

_EVERYTHING = frozenset({Sense.DEATH, Sense.ERASE})
_REASONS = {
    Sense.DEATH: SuppressionReason.DEATH,
    Sense.WRONG_NUMBER: SuppressionReason.WRONG_NUMBER,
}


@dataclass(frozen=True)
class Corrected:
    """What came of it, for whoever said so."""

    stopped: bool = False  # an address is closed now
    called: bool = False  # an alert stands now that did not before
    alert_stands: bool = False  # it is no cry for help any more; only whoever has the alert may close it


@dataclass(frozen=True)
class _Change:
    message: Message
    before: Read
    wanted: frozenset[Sense]
    by: OrganizerId


def correct(rt: Runtime, message_id: MessageId, senses: Collection[Sense], *, by: OrganizerId) -> Corrected:
    """From now on the message means this; nothing named is something else. A wish to stop closes what it is
    about and a cry for help calls people, as if the machine had read it so; that it was none resumes what an
    unsure wish had paused, and lifts neither a stop nor an alert.
    Raises LookupError, conversations.Changed."""
    with rt.transaction() as session:
        message = session.get(Message, message_id)
        if message is None or message.direction is not Direction.IN:
            raise LookupError("There is no such message.")
        wanted = frozenset(senses) or frozenset({Sense.OTHER})
        change = _Change(message, _before(session, message_id), wanted, by)
        _write(rt, session, change)
        stopped = _heed_wishes(rt, session, change)
        called = _heed_cries(rt, session, change)
        _rank(session, change)
        stands = bool(change.before.senses & CRISES) and not wanted & CRISES
        alert = alert_store.of_words(session, message.raw_id) if stands and message.raw_id else None
        standing = alert is not None and alert.resolved_at is None
        return Corrected(stopped=stopped, called=called, alert_stands=standing)


def _before(session: Session, message_id: MessageId) -> Read:
    """Messages from before meanings were kept have none."""
    found = store.of_messages(session, [message_id]).get(message_id)
    if found is None:
        store.keep(session, message_id, Understanding())
        session.flush()
    return found or Read(message_id, Understanding())


def _write(rt: Runtime, session: Session, change: _Change) -> None:
    """Words of a crisis are no example, whoever takes them for that."""
    now, message_id = rt.clock.now(), change.message.id
    row = session.get_one(Understood, message_id)
    row.corrected = " ".join(in_order(change.wanted))
    row.corrected_by, row.corrected_at = change.by, now
    session.flush()
    if _is_of_a_crisis(session, change):
        store.drop_example(session, message_id)
    else:
        store.put_example(session, message_id, now)
    auditing.note(rt, "meaning.corrected", message_id, by=change.by)


def _is_of_a_crisis(session: Session, change: _Change) -> bool:
    """Now, or ever before: an alert remembers it."""
    if (change.wanted | change.before.senses) & CRISES or change.before.understood.crisis is not None:
        return True
    raw_id = change.message.raw_id
    return raw_id is not None and alert_store.of_words(session, raw_id) is not None


def _heed_wishes(rt: Runtime, session: Session, change: _Change) -> bool:
    raw_id = change.message.raw_id
    standing = pause_store.standing_of_words(session, raw_id) if raw_id else []
    waiting = [each.id for each in standing if each.reason in WISHES]
    wishes = change.wanted & STOPS
    if not wishes:
        pauses.they_want_to_stay(rt, waiting, by=change.by)
        return False
    pauses.they_want_to_stop(rt, waiting, by=change.by)
    sure_before = {each.sense for each in change.before.shown if not each.perhaps}
    return _close(rt, session, change, wishes - sure_before) or bool(waiting)


def _close(rt: Runtime, session: Session, change: _Change, wishes: frozenset[Sense]) -> bool:
    """What nobody had been sure of before."""
    member_id = change.message.member_id
    if Sense.ERASE in wishes and member_id is not None:
        people.ask_erasure(rt, member_id)
    reason = next((why for sense, why in _REASONS.items() if sense in wishes), SuppressionReason.STOP)
    closed = [addresses.suppress(rt, each, reason) for each in _meant(session, change.message, wishes)]
    return any(closed)


def _meant(session: Session, message: Message, wishes: frozenset[Sense]) -> list[AddressId]:
    """The address it came by; all of theirs where nothing of them may be used any more."""
    if not wishes or message.address_id is None:
        return []
    theirs: list[AddressId] = []
    if wishes & _EVERYTHING and message.member_id is not None:
        theirs = [each.id for each in linked(session, message.member_id)]
    return list(dict.fromkeys([message.address_id, *theirs]))


def _heed_cries(rt: Runtime, session: Session, change: _Change) -> bool:
    """A person has it already, so the machine says nothing to whoever wrote: they may be watched."""
    fresh = (change.wanted & CRISES) - change.before.senses
    message = change.message
    if not fresh:
        return False
    if message.conversation_id is not None:
        conversations.ask_after(rt, session, session.get_one(Conversation, message.conversation_id))
    if message.raw_id is None:
        return False
    severity = Crisis.ACUTE if Sense.ACUTE in fresh else Crisis.DISTRESS
    if severity is Crisis.ACUTE:
        _show_no_words(session, message)
    owners = reach.members_of(session, message.address_id) if message.address_id else []
    members = [message.member_id] if message.member_id else owners
    whose = Whose(message.raw_id, message.address_id, tuple(members))
    cry = Cry(severity, message.body or message.subject, rt.clock.now(), whose, may_be_watched=True)
    return alerts.raise_alert(rt, cry) is not None


def _show_no_words(session: Session, message: Message) -> None:
    """Only who is on call may read them, and a preview is read by all."""
    talk = session.get(Conversation, message.conversation_id) if message.conversation_id else None
    if talk is not None and newest_inbound(session, talk.id) == message.id:
        talk.last_preview = ""


def _rank(session: Session, change: _Change) -> None:
    """Its conversation's place among those that wait. A need that stands for other reasons is kept."""
    found = change.message.conversation_id
    talk = session.get(Conversation, found) if found else None
    if talk is None or talk.state is ConversationState.CLOSED or talk.waiting_since is None:
        return
    read = store.unanswered(session, [talk.id]).get(talk.id, [])
    need = min((each.need for each in read), default=Need.REST)
    own = change.before.need <= Need.DISTRESS
    if talk.urgent and not own:
        need = min(need, Need(talk.need))
    if change.wanted & CRISES:
        need = min(need, Need.ACUTE if Sense.ACUTE in change.wanted else Need.DISTRESS)
    talk.need = need
