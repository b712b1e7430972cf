"""An inbound message takes its place in a conversation, and a person is found to answer it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.actions import enrollments
from engine.actions.conversations import REOPENS_WITHIN, preview_of, route_to_person, take_up
from engine.rules.meanings import need_of
from engine.runtime import Runtime
from engine.store import conversations, meanings, timers
from engine.store.conversations import Conversation
from engine.store.messages import Message
from engine.vocabulary.ids import AddressId, ConversationId, DeliveryId, MemberId, MessageId, RawId
from engine.vocabulary.meanings import Understanding
from engine.vocabulary.messages import Incoming, Trimmed
from engine.vocabulary.words import (
    Author,
    ConversationState,
    Direction,
    MailKind,
    Outcome,
    TimerKind,
    Trust,
)


@dataclass(frozen=True)
class Arrived:
    """An inbound message, read and matched. Without `member_id` it needs matching."""

    raw_id: RawId
    at: datetime
    incoming: Incoming
    trimmed: Trimmed
    kind: MailKind
    trust: Trust
    sender: str  # as written, for people to see
    address_id: AddressId | None
    member_id: MemberId | None
    understood: Understanding
    candidate_id: MemberId | None = None  # who a stranger may be
    answers: DeliveryId | None = None
    step: str | None = None  # "title · step", shown beside the reply
    closed: bool = False  # only who is on call may read its words: they stand in no preview


def file(rt: Runtime, arrived: Arrived) -> ConversationId:
    """Keeps the message in the member's one conversation (the latest of the last thirty days, else a
    new one), or with what the same stranger wrote before. Nobody is asked to answer yet: a new
    conversation is born closed."""
    with rt.transaction() as session:
        conversation = _place(rt, session, arrived)
        message = _message(rt, arrived, conversation.id)
        session.add(message)
        _touch(conversation, arrived)
        session.flush()
        meanings.keep(session, message.id, arrived.understood)
        return conversation.id


def ask_a_person(rt: Runtime, conversation_id: ConversationId, arrived: Arrived) -> None:
    """Somebody owes an answer now: the conversation opens and is routed, the member's walks stand."""
    with rt.transaction() as session:
        conversation = session.get_one(Conversation, conversation_id)
        _open(rt, session, conversation, arrived)


def keep_aside(rt: Runtime, arrived: Arrived) -> None:
    """Keeps an automatic reply in the member's timeline; no conversation hears of it."""
    with rt.transaction() as session:
        session.add(_message(rt, arrived, None))


def _place(rt: Runtime, session: Session, arrived: Arrived) -> Conversation:
    found = _standing(rt, session, arrived)
    if found is not None:
        conversations.change(session, found)
        return found
    fresh = Conversation(
        id=ConversationId(rt.ids.new()),
        member_id=arrived.member_id,
        sender_hash=None if arrived.member_id else _sender_hash(rt, arrived),
        candidate_id=arrived.candidate_id,
        state=ConversationState.CLOSED,
        outcome=Outcome.NO_REPLY_NEEDED,
        closed_at=arrived.at,
        opened_at=arrived.at,
        last_activity_at=arrived.at,
        last_channel=arrived.incoming.channel,
        version=1,
    )
    session.add(fresh)
    session.flush()
    return fresh


def _standing(rt: Runtime, session: Session, arrived: Arrived) -> Conversation | None:
    if arrived.member_id is None:
        return conversations.of_stranger(session, _sender_hash(rt, arrived))
    open_now = conversations.not_closed(session, arrived.member_id)
    return open_now or conversations.closed_since(session, arrived.member_id, arrived.at - REOPENS_WITHIN)


def _sender_hash(rt: Runtime, arrived: Arrived) -> str:
    """What one stranger writes gathers; mail without one clear sender stays by itself."""
    alone = arrived.address_id is None or len(arrived.incoming.senders) != 1
    return rt.keys.blind("stranger", arrived.raw_id if alone else str(arrived.address_id))


def _message(rt: Runtime, arrived: Arrived, conversation_id: ConversationId | None) -> Message:
    incoming = arrived.incoming
    return Message(
        id=MessageId(rt.ids.new()),
        conversation_id=conversation_id,
        direction=Direction.IN,
        channel=incoming.channel,
        author=Author.MEMBER if arrived.member_id else Author.STRANGER,
        member_id=arrived.member_id,
        address_id=arrived.address_id,
        sender=arrived.sender,
        subject=incoming.subject,
        body=arrived.trimmed.for_people(),
        body_full=incoming.text,
        body_html=incoming.html or None,
        rfc_message_id=incoming.rfc_message_id or None,
        rfc_hash=hashlib.sha256(incoming.rfc_message_id.encode()).hexdigest(),
        raw_id=arrived.raw_id,
        kind=arrived.kind,
        trust=arrived.trust,
        answers=arrived.answers,
        files=json.dumps([part.filename for part in incoming.parts]) if incoming.parts else None,
        at=arrived.at,
    )


def _touch(conversation: Conversation, arrived: Arrived) -> None:
    conversation.last_activity_at = arrived.at
    conversation.last_channel = arrived.incoming.channel
    words = "" if arrived.closed else arrived.trimmed.reply or arrived.incoming.subject
    conversation.last_preview = preview_of(words)
    conversation.step = arrived.step or conversation.step


def _open(rt: Runtime, session: Session, conversation: Conversation, arrived: Arrived) -> None:
    """The wait counts from the first of their words that had no answer."""
    waiting_since = conversation.waiting_since
    if conversation.state is ConversationState.CLOSED:
        take_up(rt, session, conversation)
        waiting_since = None
    conversation.state = ConversationState.OPEN
    conversation.snoozed_until = None
    conversation.waiting_since = waiting_since or arrived.at
    conversation.need = min(conversation.need, need_of(arrived.understood))
    for kind in TimerKind:
        timers.clear_timer(session, kind, conversation.id)
    session.flush()
    route_to_person(rt, session, conversation)
    if conversation.member_id is not None:
        enrollments.stand(rt, conversation.member_id)
