"""What was understood of each message that came in, and what a person has put right. Sealed: a meaning with
the words that decided says as much of somebody as the message does."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.rules.meanings import Need, Sense, Shown, in_order, need_of, need_of_senses, senses_of, shown
from engine.store.base import ID, Base, Moment
from engine.store.conversations import Conversation
from engine.store.messages import Message
from engine.store.organizers import Organizer
from engine.vocabulary.ids import ConversationId, MessageId, OrganizerId
from engine.vocabulary.meanings import Call, Crisis, Mark, Meaning, Reserved, Stop, Understanding
from engine.vocabulary.words import Channel, Direction, Intent


class Understood(Base):
    """One for each message that came in; what a person said of it stands beside what the machine read."""

    __tablename__ = "meanings"

    message_id: Mapped[MessageId] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    reading: Mapped[str] = mapped_column(Sealed("meanings.reading"))  # JSON of the Understanding
    corrected: Mapped[str | None] = mapped_column(Sealed("meanings.corrected"))  # senses, space-separated
    corrected_by: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"))
    corrected_at: Mapped[datetime | None] = mapped_column(Moment)


class ReplyExample(Base):
    """A reply whose corrected meaning may be used to test the reader here. Its words are the message's and
    are not copied; what is or was taken for a cry for help is never one."""

    __tablename__ = "reply_examples"

    message_id: Mapped[MessageId] = mapped_column(ID, ForeignKey("messages.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Read:
    """What a message means: as a person said, else as the machine read it."""

    message_id: MessageId
    understood: Understanding
    corrected: tuple[Sense, ...] | None = None
    corrected_by: str = ""  # name
    corrected_at: datetime | None = None

    @property
    def shown(self) -> tuple[Shown, ...]:
        if self.corrected is None:
            return shown(self.understood)
        return tuple(Shown(sense) for sense in self.corrected)

    @property
    def read(self) -> tuple[Shown, ...]:
        """As the machine did, whatever a person says."""
        return shown(self.understood)

    @property
    def senses(self) -> frozenset[Sense]:
        return senses_of(self.understood) if self.corrected is None else frozenset(self.corrected)

    @property
    def need(self) -> Need:
        return need_of(self.understood) if self.corrected is None else need_of_senses(self.corrected)


@dataclass(frozen=True)
class Example:
    message_id: MessageId
    text: str  # as the reader was given it
    wanted: frozenset[Sense]


def keep(session: Session, message_id: MessageId, understood: Understanding) -> None:
    session.add(Understood(message_id=message_id, reading=spell(understood)))


def spell(understood: Understanding) -> str:
    return json.dumps(
        {
            "meanings": [
                [said.intent, round(said.confidence, 4), said.words, said.because]
                for said in understood.meanings
            ],
            "stop": understood.stop,
            "crisis": understood.crisis,
            "reserved": understood.reserved,
            "marks": sorted(understood.marks),
            "channels": sorted(understood.channels),
            "covered": understood.covered,
            "call": understood.call,
        },
        ensure_ascii=False,
    )


def unspell(text: str) -> Understanding:
    kept = json.loads(text)
    return Understanding(
        meanings=tuple(Meaning(Intent(intent), *rest) for intent, *rest in kept["meanings"]),
        stop=Stop(kept["stop"]) if kept["stop"] else None,
        crisis=Crisis(kept["crisis"]) if kept["crisis"] else None,
        reserved=Reserved(kept["reserved"]) if kept["reserved"] else None,
        marks=frozenset(Mark(each) for each in kept["marks"]),
        channels=frozenset(Channel(each) for each in kept["channels"]),
        covered=kept["covered"],
        call=Call(kept["call"]),
    )


def of_messages(session: Session, ids: Collection[MessageId]) -> dict[MessageId, Read]:
    query = (
        select(Understood, Organizer.name)
        .outerjoin(Organizer, Organizer.id == Understood.corrected_by)
        .where(Understood.message_id.in_(ids))
    )
    return {row.message_id: _read(row, name) for row, name in session.execute(query)}


def unanswered(session: Session, ids: Sequence[ConversationId]) -> dict[ConversationId, list[Read]]:
    """What those messages mean that somebody still waits with; of a conversation that waits for nobody, the
    last one's. The newest first."""
    since = func.coalesce(Conversation.waiting_since, Conversation.last_activity_at)
    query = (
        select(Conversation.id, Understood, Organizer.name)
        .join(Message, Message.conversation_id == Conversation.id)
        .join(Understood, Understood.message_id == Message.id)
        .outerjoin(Organizer, Organizer.id == Understood.corrected_by)
        .where(Conversation.id.in_(ids), Message.direction == Direction.IN, Message.at >= since)
        .order_by(Message.at.desc(), Message.id.desc())
    )
    found: dict[ConversationId, list[Read]] = {}
    for conversation_id, row, name in session.execute(query):
        found.setdefault(conversation_id, []).append(_read(row, name))
    return found


def _read(row: Understood, name: str | None) -> Read:
    corrected = None
    if row.corrected is not None:
        corrected = in_order(Sense(each) for each in row.corrected.split())
    return Read(row.message_id, unspell(row.reading), corrected, name or "", row.corrected_at)


def put_example(session: Session, message_id: MessageId, at: datetime) -> None:
    """Whatever stood for it before goes."""
    drop_example(session, message_id)
    session.add(ReplyExample(message_id=message_id, at=at))


def drop_example(session: Session, message_id: MessageId) -> None:
    session.execute(delete(ReplyExample).where(ReplyExample.message_id == message_id))


def examples(session: Session) -> Iterator[Example]:
    """The oldest first."""
    query = (
        select(Message.id, Message.body, Message.subject, Understood.corrected)
        .join(ReplyExample, ReplyExample.message_id == Message.id)
        .join(Understood, Understood.message_id == Message.id)
        .order_by(Message.id)
    )
    for message_id, body, subject, corrected in session.execute(query.execution_options(yield_per=50)):
        wanted = frozenset(Sense(each) for each in (corrected or "").split())
        yield Example(message_id, body or subject, wanted)
