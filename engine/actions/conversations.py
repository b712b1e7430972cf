"""Conversations: a reply is filed, routed to a person, answered, and closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine.actions import auditing, deliveries, enrollments
from engine.actions.deliveries import Words
from engine.rules.meanings import Need
from engine.rules.routing import Candidates, route
from engine.runtime import Runtime
from engine.store import conversations, meanings, messages, reach, timers
from engine.store.base import insert_new, table_of
from engine.store.conversations import Assignment, Conversation, Note
from engine.store.members import Member
from engine.store.messages import Message
from engine.store.organizers import Organizer
from engine.vocabulary.ids import ConversationId, MessageId, NoteId, OrganizerId, TimerId
from engine.vocabulary.sentences import Said, say
from engine.vocabulary.words import Author, Channel, ConversationState, Direction, Outcome, TimerKind

CLOSES_AFTER = timedelta(days=3)  # after our last answer; then the walk resumes
REOPENS_WITHIN = timedelta(days=30)  # a reply within this time takes up the old conversation
LONGEST_TEXT = 1600  # characters of one text message; what carriers take
PREVIEW_LENGTH = 140  # characters


class ConversationError(Said):
    """What was asked cannot be done now; the text says why and what to do instead."""


class Changed(ConversationError):
    """Somebody else changed the conversation since this page was read; nothing was done."""


@dataclass(frozen=True)
class ReplyDraft:
    """`seen_version`: the conversation's version when the page was read."""

    conversation_id: ConversationId
    organizer_id: OrganizerId
    channel: Channel
    body: str  # plain text or light Markdown; what the organizer typed
    seen_version: int
    close: bool = False


def reply(rt: Runtime, draft: ReplyDraft) -> MessageId:
    """Queues the words to the member in that channel, threaded under what is answered; the
    conversation waits for the member, belongs to who answered, and closes three days later.
    Raises ConversationError (no usable address, suppressed, empty, not matched yet), Changed."""
    if not draft.body.strip():
        raise ConversationError(say("There are no words in this answer yet. Write some, then send it."))
    if draft.channel is Channel.SMS and len(draft.body.strip()) > LONGEST_TEXT:
        raise ConversationError(
            say(
                "A text holds at most %(most)s characters; this has %(count)s. "
                "Shorten it, or answer by email.",
                most=LONGEST_TEXT,
                count=len(draft.body.strip()),
            )
        )
    with rt.transaction() as session:
        conversation = _existing(session, draft.conversation_id)
        member = _matched(session, conversation)
        if not conversations.change(session, conversation, draft.seen_version):
            raise Changed(
                say("Somebody changed this conversation while you wrote. Your words are kept below.")
            )
        message = _write_reply(rt, session, draft, member)
        _settle(rt, session, conversation, message)
        if draft.close:
            end(rt, session, conversation, Outcome.ANSWERED)
        return message.id


def _write_reply(rt: Runtime, session: Session, draft: ReplyDraft, member: Member) -> Message:
    address = reach.to_answer(session, member.id, draft.channel)
    if address is None:
        raise ConversationError(
            say("They have no address we may use this way. Choose the other, or close the conversation.")
        )
    message = Message(
        id=MessageId(rt.ids.new()),
        conversation_id=draft.conversation_id,
        direction=Direction.OUT,
        channel=draft.channel,
        author=Author.ORGANIZER,
        member_id=member.id,
        organizer_id=draft.organizer_id,
        address_id=address.id,
        subject=_subject(session, draft.conversation_id),
        body=draft.body.strip(),
        at=rt.clock.now(),
    )
    session.add(message)
    session.flush()
    deliveries.queue_message(
        rt,
        Words(
            message_id=message.id,
            cause=f"reply:{message.id}",
            channel=draft.channel,
            language=member.language,
            member_id=member.id,
            address_id=address.id,
        ),
    )
    return message


def _subject(session: Session, conversation_id: ConversationId) -> str:
    """What is answered, with one "Re: " before it; empty when the member never wrote by email."""
    subject = messages.last_inbound_subject(session, conversation_id).strip()
    return subject if not subject or subject.lower().startswith("re:") else f"Re: {subject}"


def _settle(rt: Runtime, session: Session, conversation: Conversation, message: Message) -> None:
    """After a human send it is the member's turn, and who answered has the conversation."""
    conversation.state = ConversationState.WAITING
    conversation.waiting_since = None
    conversation.snoozed_until = None
    conversation.need = Need.REST
    conversation.last_activity_at = message.at
    conversation.last_channel = message.channel
    conversation.last_preview = preview_of(message.body)
    if conversation.assignee_id != message.organizer_id:
        give(rt, session, conversation, _Gift(message.organizer_id, message.organizer_id, "answered"))
    timers.clear_timer(session, TimerKind.END_SNOOZE, conversation.id)
    _set_timer(rt, session, TimerKind.CLOSE_CONVERSATION, conversation.id, message.at + CLOSES_AFTER)


def note(rt: Runtime, conversation_id: ConversationId, organizer_id: OrganizerId, body: str) -> NoteId:
    """A private note. It can never be sent."""
    if not body.strip():
        raise ConversationError(say("There are no words in this note yet."))
    with rt.transaction() as session:
        _existing(session, conversation_id)
        row = Note(
            id=NoteId(rt.ids.new()),
            conversation_id=conversation_id,
            organizer_id=organizer_id,
            body=body.strip(),
            at=rt.clock.now(),
        )
        session.add(row)
        return row.id


def assign(
    rt: Runtime, conversation_id: ConversationId, organizer_id: OrganizerId | None, *, by: OrganizerId
) -> None:
    """Gives it to an organizer, or back to the queue."""
    with rt.transaction() as session:
        conversation = changing(session, conversation_id)
        give(rt, session, conversation, _Gift(organizer_id, by, "assigned"))


def claim(rt: Runtime, conversation_id: ConversationId, *, by: OrganizerId) -> bool:
    """Takes an unassigned one; False when somebody was faster."""
    with rt.transaction() as session:
        conversation = _existing(session, conversation_id)
        if conversation.assignee_id is not None or not conversations.change(session, conversation):
            return False
        give(rt, session, conversation, _Gift(by, by, "claimed"))
        return True


def claim_next(rt: Runtime, *, by: OrganizerId) -> ConversationId | None:
    """The one to help next: mine that waits longest, else the unassigned that waits longest, claimed."""
    with rt.transaction() as session:
        mine = conversations.mine_waiting_longest(session, by)
        if mine is not None:
            return mine
        found = conversations.unassigned_waiting_longest(session)
        return found if found is not None and claim(rt, found, by=by) else None


def snooze(rt: Runtime, conversation_id: ConversationId, until: datetime, *, by: OrganizerId) -> None:
    """It comes back at that moment, or when the member writes."""
    if until <= rt.clock.now():
        raise ConversationError(say("That moment has passed. Choose a later one."))
    with rt.transaction() as session:
        conversation = changing(session, conversation_id)
        if conversation.state is ConversationState.CLOSED:
            raise ConversationError(say("This conversation is closed. Reopen it first."))
        conversation.state = ConversationState.SNOOZED
        conversation.snoozed_until = until
        timers.clear_timer(session, TimerKind.CLOSE_CONVERSATION, conversation.id)
        _set_timer(rt, session, TimerKind.END_SNOOZE, conversation.id, until)
        auditing.note(rt, "conversation.snoozed", conversation.id, by=by)


def close(rt: Runtime, conversation_id: ConversationId, outcome: Outcome, *, by: OrganizerId | None) -> None:
    """Ends it; the member's walks resume."""
    with rt.transaction() as session:
        conversation = changing(session, conversation_id)
        if conversation.state is ConversationState.CLOSED:
            return
        end(rt, session, conversation, outcome)
        auditing.note(rt, "conversation.closed", conversation.id, by=by or "machine")


def end(rt: Runtime, session: Session, conversation: Conversation, outcome: Outcome) -> None:
    """Closes it inside the caller's transaction; the member's walks go on."""
    now = rt.clock.now()
    conversation.state = ConversationState.CLOSED
    conversation.outcome = outcome
    conversation.closed_at = now
    conversation.waiting_since = None
    conversation.snoozed_until = None
    conversation.need = Need.REST
    for kind in TimerKind:
        timers.clear_timer(session, kind, conversation.id)
    session.flush()
    if conversation.member_id is not None:
        enrollments.walk_on(rt, conversation.member_id)


def reopen(rt: Runtime, conversation_id: ConversationId, *, by: OrganizerId) -> None:
    """Raises ConversationError when the member has another one open by now."""
    with rt.transaction() as session:
        conversation = changing(session, conversation_id)
        if conversation.state is not ConversationState.CLOSED:
            return
        if conversation.member_id and conversations.not_closed(session, conversation.member_id):
            raise ConversationError(say("This member has a newer conversation open. Answer them there."))
        take_up(rt, session, conversation)
        conversation.need = _last_need(session, conversation.id)
        auditing.note(rt, "conversation.reopened", conversation.id, by=by)


def _last_need(session: Session, conversation_id: ConversationId) -> int:
    """Of the last words in it that came in."""
    last = messages.newest_inbound(session, conversation_id)
    read = meanings.of_messages(session, [last]).get(last) if last else None
    return read.need if read else Need.REST


def take_up(rt: Runtime, session: Session, conversation: Conversation) -> None:
    """A closed conversation is open again and a person owes an answer; the member's walks stand."""
    conversation.state = ConversationState.OPEN
    conversation.closed_at = None
    conversation.outcome = None
    conversation.waiting_since = rt.clock.now()
    if conversation.member_id is not None:
        enrollments.stand(rt, conversation.member_id)


def ask_after(rt: Runtime, session: Session, conversation: Conversation) -> None:
    """Somebody is to write to this member again, first of all; a newer conversation that stands is taken."""
    if conversation.member_id is not None:
        conversation = conversations.not_closed(session, conversation.member_id) or conversation
    if not conversations.change(session, conversation):
        raise Changed(say("Somebody changed this conversation at the same moment."))
    if conversation.state is ConversationState.CLOSED:
        take_up(rt, session, conversation)
    conversation.state = ConversationState.OPEN
    conversation.snoozed_until = None
    conversation.need = min(conversation.need, Need.DISTRESS)
    conversation.waiting_since = conversation.waiting_since or rt.clock.now()
    for kind in (TimerKind.CLOSE_CONVERSATION, TimerKind.END_SNOOZE):
        timers.clear_timer(session, kind, conversation.id)
    session.flush()
    route_to_person(rt, session, conversation)


def ring_timer(rt: Runtime, rung: timers.Rung) -> None:
    """What a due timer does: ends a snooze, or closes a conversation nobody went on with."""
    with rt.transaction() as session:
        timers.clear_timer(session, rung.kind, rung.scope)
        conversation = session.get(Conversation, ConversationId(rung.scope))
        if conversation is None or not conversations.change(session, conversation):
            return
        if rung.kind is TimerKind.END_SNOOZE and conversation.state is ConversationState.SNOOZED:
            conversation.state = ConversationState.OPEN
            conversation.snoozed_until = None
            conversation.waiting_since = conversation.waiting_since or rt.clock.now()
        elif rung.kind is TimerKind.CLOSE_CONVERSATION and conversation.state is ConversationState.WAITING:
            end(rt, session, conversation, Outcome.BY_TIME)


@dataclass(frozen=True)
class _Gift:
    to: OrganizerId | None
    by: OrganizerId | None
    reason: str


def give(rt: Runtime, session: Session, conversation: Conversation, gift: _Gift) -> None:
    conversation.assignee_id = gift.to
    row = {
        "id": rt.ids.new(),
        "conversation_id": conversation.id,
        "organizer_id": gift.to,
        "by_id": gift.by,
        "reason": gift.reason,
        "at": rt.clock.now(),
    }
    insert_new(session, table_of(Assignment), [row])


def _route(rt: Runtime, session: Session, conversation: Conversation, member: Member) -> None:
    """Gives a conversation that waits for a person to whom the rule names."""
    chosen = route(
        Candidates(
            assignee=_active(session, conversation.assignee_id),
            organizer=_active(session, member.organizer_id),
        )
    )
    if chosen.organizer_id != conversation.assignee_id:
        give(rt, session, conversation, _Gift(chosen.organizer_id, None, chosen.reason))


def route_to_person(rt: Runtime, session: Session, conversation: Conversation) -> None:
    """Strangers' conversations stay unassigned, in Needs matching."""
    member = session.get(Member, conversation.member_id) if conversation.member_id else None
    if member is not None:
        _route(rt, session, conversation, member)


def _active(session: Session, organizer_id: OrganizerId | None) -> OrganizerId | None:
    organizer = session.get(Organizer, organizer_id) if organizer_id else None
    return organizer.id if organizer is not None and organizer.active and organizer.on_shift else None


def preview_of(text: str) -> str:
    """One line of at most 140 characters."""
    line = " ".join(text.split())
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1].rstrip() + "…"


def _existing(session: Session, conversation_id: ConversationId) -> Conversation:
    found = session.get(Conversation, conversation_id)
    if found is None:
        raise LookupError("There is no such conversation.")
    return found


def changing(session: Session, conversation_id: ConversationId) -> Conversation:
    """With its version counted up, so that other pages notice. Raises Changed, LookupError."""
    conversation = _existing(session, conversation_id)
    if not conversations.change(session, conversation):
        raise Changed(
            say("Somebody changed this conversation at the same moment. Look again, then repeat it.")
        )
    return conversation


def _matched(session: Session, conversation: Conversation) -> Member:
    member = session.get(Member, conversation.member_id) if conversation.member_id else None
    if member is None:
        raise ConversationError(say("Say first who wrote this: then it can be answered."))
    return member


def _set_timer(rt: Runtime, session: Session, kind: TimerKind, scope: str, due_at: datetime) -> None:
    timers.set_timer(session, TimerId(rt.ids.new()), kind, scope, due_at)
