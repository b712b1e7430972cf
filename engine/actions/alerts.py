"""Alerts: whoever is in danger is brought to people within minutes. The machine calls, and calls again, until
one of them has it; it decides nothing and, unless the community wrote a text for it, says nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine.actions import answers, auditing, conversations, on_call, pauses
from engine.actions.answers import Answer
from engine.actions.pauses import Whose
from engine.rules.alarm import FOLLOWED_UP_AFTER, REDACTED_AFTER, called, round_at, round_of, rounds_due
from engine.runtime import Runtime
from engine.store import alerts as store
from engine.store import timers
from engine.store.addresses import Address
from engine.store.alerts import PAGED, Alert
from engine.store.base import insert_new, table_of
from engine.store.care import the_care
from engine.store.conversations import Conversation
from engine.store.deliveries import HOLDING_CAUSE, PAGE_CAUSE
from engine.store.members import Member
from engine.store.on_call import OnCall
from engine.store.organizers import Organizer
from engine.vocabulary.ids import AlertId, OrganizerId, TimerId
from engine.vocabulary.meanings import Crisis
from engine.vocabulary.sentences import Said, say
from engine.vocabulary.words import Channel, PauseReason, TimerKind

_LONGEST_IN_A_TEXT = 240  # characters of the exact words; the page has the rest
_REASONS = {Crisis.ACUTE: PauseReason.ACUTE, Crisis.DISTRESS: PauseReason.DISTRESS}
_KEYS = {Crisis.ACUTE: "page", Crisis.DISTRESS: "page_distress"}


class AlertError(Said):
    """What was asked cannot be done with this alert; the text says why."""


@dataclass(frozen=True)
class Cry:
    """Words of danger or distress, and whose they are.
    `may_be_watched`: somebody else may be reading along, so nothing may be said by machine."""

    severity: Crisis
    words: str
    at: datetime
    whose: Whose
    may_be_watched: bool = False


def raise_alert(rt: Runtime, cry: Cry) -> AlertId | None:
    """All automation stops for whoever wrote it; danger calls people at once, distress when nobody has
    answered for a day. None: this message has an alert already."""
    alert_id = AlertId(rt.ids.new())
    members = cry.whose.members
    row = {
        "id": alert_id,
        "severity": cry.severity,
        "raw_id": cry.whose.raw_id,
        "member_id": members[0] if len(members) == 1 else None,
        "address_id": cry.whose.address_id,
        "body": cry.words,
        "rounds": 0,
        "opened_at": cry.at,
    }
    with rt.transaction() as session:
        if not insert_new(session, table_of(Alert), [row]):
            return None
        pauses.pause(rt, cry.whose, _REASONS[cry.severity])
        auditing.note(rt, "alert.opened", alert_id, by="machine", detail=cry.severity)
        now = rt.clock.now()
        _set_timer(rt, session, (TimerKind.FOLLOW_UP, alert_id, now + FOLLOWED_UP_AFTER))
        _set_timer(rt, session, (TimerKind.REDACT, alert_id, now + REDACTED_AFTER))
        _call(rt, session, session.get_one(Alert, alert_id))
        if cry.severity is Crisis.ACUTE and not cry.may_be_watched:
            _hold_on(rt, session, cry, alert_id)
        return alert_id


def _set_timer(rt: Runtime, session: Session, what: tuple[TimerKind, AlertId, datetime]) -> None:
    kind, alert_id, due_at = what
    timers.set_timer(session, TimerId(rt.ids.new()), kind, alert_id, due_at)


def _call(rt: Runtime, session: Session, alert: Alert) -> None:
    """Every round that is due by now as one, and the clock for the next: one transaction, and one cause for
    each page, so that a crash neither loses nor doubles one."""
    due = rounds_due(alert.severity, alert.opened_at, rt.clock.now())
    if due > alert.rounds:
        watch = on_call.watch(rt, session)
        who = [each for done in range(alert.rounds, due) for each in called(watch, round_of(done))]
        alert.rounds = due
        for organizer_id in dict.fromkeys(who):
            _page(rt, session, alert, organizer_id)
    alert.next_round_at = round_at(alert.severity, alert.opened_at, alert.rounds)
    session.flush()
    _set_timer(rt, session, (TimerKind.PAGE, alert.id, alert.next_round_at))


def _page(rt: Runtime, session: Session, alert: Alert, organizer_id: OrganizerId) -> None:
    organizer = session.get_one(Organizer, organizer_id)
    waiting = (rt.clock.now() - alert.opened_at) // timedelta(minutes=1)
    for channel in _ways(session, organizer_id):
        answers.send(
            rt,
            Answer(
                key=_KEYS[alert.severity],
                cause=f"{PAGE_CAUSE}{alert.id}:{alert.rounds}:{organizer_id}:{channel}",
                language=organizer.language,
                channel=channel,
                organizer_id=organizer_id,
                ahead=True,
                slots={
                    "name": organizer.name,
                    "words": _words_for(channel, alert.body),
                    "minutes": str(waiting),
                    "link": f"{rt.settings.public_url}/alerts/{alert.id}",
                },
            ),
        )
        said = f"{alert.rounds} {channel} {organizer_id}"
        auditing.note(rt, PAGED, alert.id, by="machine", detail=said)


def _ways(session: Session, organizer_id: OrganizerId) -> Iterator[Channel]:
    """An admin who is not on call has a mailbox only."""
    row = session.get(OnCall, organizer_id)
    if row is None or row.by_email:
        yield Channel.EMAIL
    if row is not None and row.phone:
        yield Channel.SMS


def _words_for(channel: Channel, words: str) -> str:
    if channel is Channel.EMAIL or len(words) <= _LONGEST_IN_A_TEXT:
        return words
    return words[: _LONGEST_IN_A_TEXT - 1] + "…"


def _hold_on(rt: Runtime, session: Session, cry: Cry, alert_id: AlertId) -> None:
    """The community's own words, if it has turned them on: once, to where the words came from."""
    address = session.get(Address, cry.whose.address_id) if cry.whose.address_id else None
    member = session.get(Member, cry.whose.members[0]) if cry.whose.members else None
    language = member.language if member else "en"
    words = the_care(session).holding(language)
    if not words or address is None:
        return
    answers.send(
        rt,
        Answer(
            key="holding",
            cause=f"{HOLDING_CAUSE}{alert_id}",
            language=language,
            channel=address.channel,
            address_id=address.id,
            member_id=member.id if member else None,
            slots={"words": words},
        ),
    )
    auditing.note(rt, "alert.held_on", alert_id, by="machine")


def ring_page(rt: Runtime, rung: timers.Rung) -> None:
    """Nobody has it yet: the next round. Distress that one of us has answered meanwhile is theirs."""
    with rt.transaction() as session:
        timers.clear_timer(session, rung.kind, rung.scope)
        alert = session.get(Alert, AlertId(rung.scope))
        if alert is None or alert.claimed_at is not None or alert.resolved_at is not None:
            return
        by = _answered_by(session, alert)
        if by is not None:
            _take(rt, session, alert, by)
        else:
            _call(rt, session, alert)


def _answered_by(session: Session, alert: Alert) -> OrganizerId | None:
    if alert.severity is Crisis.ACUTE or alert.member_id is None:
        return None
    return store.answered_since(session, alert.member_id, alert.opened_at)


def claim(rt: Runtime, alert_id: AlertId, *, by: OrganizerId) -> bool:
    """Takes it: nobody is called any more and the conversation is theirs. False when somebody was faster.
    Raises AlertError, LookupError."""
    with rt.transaction() as session:
        alert = _seen_by(session, alert_id, by)
        if not _take(rt, session, alert, by):
            return False
        on_call.had_a_turn(session, by)
        return True


def _take(rt: Runtime, session: Session, alert: Alert, by: OrganizerId) -> bool:
    """False when somebody has it."""
    if not store.take(session, alert, by, rt.clock.now()):
        return False
    timers.clear_timer(session, TimerKind.PAGE, alert.id)
    auditing.note(rt, "alert.claimed", alert.id, by=by)
    conversation_id = store.conversation_of(session, alert.raw_id)
    if conversation_id is not None:
        conversations.assign(rt, conversation_id, by, by=by)
    return True


def view(rt: Runtime, alert_id: AlertId, *, by: OrganizerId) -> None:
    """Writes down that they read the words. Raises AlertError for whoever may not, LookupError."""
    with rt.transaction() as session:
        _seen_by(session, alert_id, by)
        auditing.note(rt, "alert.viewed", alert_id, by=by)


def resolve(rt: Runtime, alert_id: AlertId, *, by: OrganizerId) -> None:
    """It is over. Automation stays off for them until somebody resumes it. Raises AlertError, LookupError."""
    with rt.transaction() as session:
        alert = _seen_by(session, alert_id, by)
        if alert.claimed_at is None:
            raise AlertError(say("Somebody must take this alert before it can be over."))
        if alert.resolved_at is None:
            alert.resolved_at, alert.resolved_by = rt.clock.now(), by
            auditing.note(rt, "alert.resolved", alert_id, by=by)


def resume(rt: Runtime, alert_id: AlertId, *, by: OrganizerId) -> None:
    """The machine may write to them again. Raises AlertError, LookupError."""
    with rt.transaction() as session:
        alert = _seen_by(session, alert_id, by)
        if alert.claimed_at is None:
            raise AlertError(say("Somebody must take this alert before letters may go on."))
        if pauses.resume(rt, alert.raw_id, by=by):
            auditing.note(rt, "alert.resumed", alert_id, by=by)


def _seen_by(session: Session, alert_id: AlertId, by: OrganizerId) -> Alert:
    """Anybody of us may look after distress; danger is for the people on call and admins."""
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise LookupError("There is no such alert.")
    if alert.severity is Crisis.ACUTE and not store.may_see(session, by):
        raise AlertError(say("Only the people on call and admins can open this alert."))
    return alert


def ring_follow_up(rt: Runtime, rung: timers.Rung) -> None:
    """Three days later a person asks how they are."""
    with rt.transaction() as session:
        timers.clear_timer(session, rung.kind, rung.scope)
        alert = session.get(Alert, AlertId(rung.scope))
        conversation_id = store.conversation_of(session, alert.raw_id) if alert else None
        if alert is None or conversation_id is None:
            return
        alert.followed_up_at = rt.clock.now()
        conversations.ask_after(rt, session, session.get_one(Conversation, conversation_id))
        auditing.note(rt, "alert.followed_up", alert.id, by="machine")


def ring_redaction(rt: Runtime, rung: timers.Rung) -> None:
    """The words leave the alert and the pages in which people were called."""
    with rt.transaction() as session:
        timers.clear_timer(session, rung.kind, rung.scope)
        alert = session.get(Alert, AlertId(rung.scope))
        if alert is not None:
            alert.body = ""
            store.redact_pages(session, alert.id)
            auditing.note(rt, "alert.redacted", alert.id, by="machine")
