"""The reply queue as organizers see it: folders, their rows, their counts. Bounded, keyset paging."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.rules.meanings import Need, Shown
from engine.store import meanings
from engine.store.conversations import Conversation
from engine.store.meanings import Read
from engine.store.members import Member
from engine.store.messages import Message
from engine.store.organizers import Organizer
from engine.vocabulary.ids import ConversationId, MemberId, OrganizerId
from engine.vocabulary.words import Channel, ConversationState, Direction

PAGE = 30  # rows
_MOST_COUNTED = 100  # a page shows "99+"


class Folder(StrEnum):
    MINE = "mine"
    UNASSIGNED = "unassigned"
    EVERYONE = "everyone"  # all that wait for an answer, whoever has them
    WAITING = "waiting"  # on the member
    SNOOZED = "snoozed"
    MATCHING = "matching"
    CLOSED = "closed"


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before. `need` counts only where somebody waits for an answer."""

    need: int
    at: datetime
    id: ConversationId


@dataclass(frozen=True)
class Row:
    id: ConversationId
    state: ConversationState
    need: int
    member_id: MemberId | None
    name: str  # the member's, or what a stranger called themselves
    language: str
    step: str | None
    preview: str
    channel: Channel
    at: datetime  # since when it waits; else its last activity
    assignee: str | None
    meaning: Shown | None = None  # the neediest of what is unanswered

    @property
    def urgent(self) -> bool:
        return self.need <= Need.DISTRESS

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.need, self.at, self.id)


def folder(session: Session, which: Folder, viewer: OrganizerId, after: Cursor | None = None) -> list[Row]:
    """One page. Those that wait for an answer come the neediest first (danger, distress, wishes to stop,
    anger, questions, the rest), of one need the longest wait; the others newest first."""
    at = _moment(which)
    order = (Conversation.need, at) if _waits(which) else (at.desc(),)
    query = (
        select(Conversation, Member, Organizer.name, at)
        .outerjoin(Member, Member.id == Conversation.member_id)
        .outerjoin(Organizer, Organizer.id == Conversation.assignee_id)
        .where(_in(which, viewer))
        .order_by(*order, Conversation.id)
        .limit(PAGE)
    )
    if after is not None:
        query = query.where(_beyond(which, after))
    found = session.execute(query).all()
    strangers = _strangers(session, [talk.id for talk, member, *_ in found if member is None])
    read = meanings.unanswered(session, [talk.id for talk, *_ in found])
    rows = (_row(talk, member, assignee, strangers.get(talk.id, "")) for talk, member, assignee, _ in found)
    return [replace(row, meaning=_neediest(read.get(row.id, []))) for row in rows]


def _neediest(read: list[Read]) -> Shown | None:
    """Of several alike, the newest."""
    first = min(read, key=lambda each: each.need, default=None)
    return first.shown[0] if first is not None and first.shown else None


def _waits(which: Folder) -> bool:
    return which in (Folder.MINE, Folder.UNASSIGNED, Folder.EVERYONE, Folder.MATCHING)


def _moment(which: Folder) -> InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime]:
    return Conversation.waiting_since if _waits(which) else Conversation.last_activity_at


def _in(which: Folder, viewer: OrganizerId) -> ColumnElement[bool]:
    open_now = Conversation.state == ConversationState.OPEN
    match which:
        case Folder.MINE:
            return and_(open_now, Conversation.assignee_id == viewer)
        case Folder.UNASSIGNED:
            matched = Conversation.member_id.is_not(None)
            return and_(open_now, Conversation.assignee_id.is_(None), matched)
        case Folder.EVERYONE:
            return and_(open_now, Conversation.member_id.is_not(None))
        case Folder.MATCHING:
            return and_(open_now, Conversation.member_id.is_(None))
        case Folder.WAITING:
            return Conversation.state == ConversationState.WAITING
        case Folder.SNOOZED:
            return Conversation.state == ConversationState.SNOOZED
        case _:
            return Conversation.state == ConversationState.CLOSED


def _beyond(which: Folder, after: Cursor) -> ColumnElement[bool]:
    at = _moment(which)
    further = and_(at == after.at, Conversation.id > after.id)
    if not _waits(which):
        return or_(at < after.at, further)
    later = or_(at > after.at, further)
    return or_(Conversation.need > after.need, and_(Conversation.need == after.need, later))


def _row(talk: Conversation, member: Member | None, assignee: str | None, stranger: str) -> Row:
    name = f"{member.first_name} {member.last_name}".strip() if member else stranger
    return Row(
        id=talk.id,
        state=talk.state,
        need=talk.need,
        member_id=talk.member_id,
        name=name,
        language=member.language if member else "",
        step=talk.step,
        preview=talk.last_preview,
        channel=talk.last_channel,
        at=talk.waiting_since or talk.last_activity_at,
        assignee=assignee,
    )


def _strangers(session: Session, ids: list[ConversationId]) -> dict[ConversationId, str]:
    """What each of these unmatched senders wrote in their From."""
    query = (
        select(Message.conversation_id, Message.sender)
        .where(Message.conversation_id.in_(ids), Message.direction == Direction.IN)
        .order_by(Message.id)
    )
    return {talk_id: sender or "" for talk_id, sender in session.execute(query) if talk_id is not None}


def counts(session: Session, viewer: OrganizerId) -> dict[Folder, int]:
    """How many lie in each folder but Closed, at most 100 each."""
    found: dict[Folder, int] = {}
    for which in Folder:
        if which is not Folder.CLOSED:
            some = select(Conversation.id).where(_in(which, viewer)).limit(_MOST_COUNTED).subquery()
            found[which] = session.execute(select(func.count()).select_from(some)).scalar_one()
    return found


def oldest_wait(session: Session) -> datetime | None:
    """Since when the longest waiting of all waits."""
    query = select(func.min(Conversation.waiting_since)).where(Conversation.state == ConversationState.OPEN)
    return session.execute(query).scalar()
