"""Members, their tags, and the keyed words they are found by."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, table_of, words
from engine.vocabulary.ids import MemberId, OrganizerId
from engine.vocabulary.words import Channel

_AT_ONCE = 500  # ids in one statement


class Member(Base):
    __tablename__ = "members"
    __table_args__ = (Index("ix_members_joined_at_id", "joined_at", "id"),)

    id: Mapped[MemberId] = mapped_column(ID, primary_key=True)
    first_name: Mapped[str] = mapped_column(Sealed("members.first_name"), default="")
    last_name: Mapped[str] = mapped_column(Sealed("members.last_name"), default="")
    neighborhood: Mapped[str] = mapped_column(Sealed("members.neighborhood"), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    zone: Mapped[str] = mapped_column(String(64))
    channel: Mapped[Channel] = mapped_column(words(Channel), default=Channel.EMAIL)  # the one they chose
    organizer_id: Mapped[OrganizerId | None] = mapped_column(ForeignKey("organizers.id"), index=True)
    joined_at: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(String(40))  # how they came: import, sign-up, added by …
    sample: Mapped[bool] = mapped_column(default=False)
    erase_asked_at: Mapped[datetime | None] = mapped_column(Moment)  # a person must see to it


class MemberTag(Base):
    __tablename__ = "member_tags"

    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)  # folded to lower case


class MemberWord(Base):
    """The search index: keyed hashes of whole folded words of a member's name, never text."""

    __tablename__ = "member_words"

    word_hash: Mapped[str] = mapped_column(HASH, primary_key=True)  # keys.blind("word", word)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)


def tags_of(session: Session, member_ids: Sequence[MemberId]) -> dict[MemberId, frozenset[str]]:
    """The tags of these members; members without one are left out."""
    query = select(MemberTag.member_id, MemberTag.tag).where(MemberTag.member_id.in_(member_ids))
    found: dict[MemberId, set[str]] = defaultdict(set)
    for member_id, tag in session.execute(query):
        found[member_id].add(tag)
    return {member_id: frozenset(tags) for member_id, tags in found.items()}


def replace_tags(session: Session, member_id: MemberId, tags: Sequence[str]) -> None:
    session.execute(delete(MemberTag).where(MemberTag.member_id == member_id))
    if tags:
        rows = [{"member_id": member_id, "tag": tag} for tag in tags]
        session.execute(insert(table_of(MemberTag)), rows)


def first_names(session: Session, member_ids: Sequence[MemberId]) -> dict[MemberId, str]:
    query = select(Member.id, Member.first_name).where(Member.id.in_(member_ids))
    return dict(session.execute(query).all())


def members_per_organizer(session: Session) -> dict[OrganizerId, int]:
    """How many members each organizer has; those with none are left out."""
    query = select(Member.organizer_id, func.count()).group_by(Member.organizer_id)
    return {organizer_id: count for organizer_id, count in session.execute(query) if organizer_id}


def members_with(session: Session, organizer_id: OrganizerId) -> list[MemberId]:
    """Whose organizer this is."""
    query = select(Member.id).where(Member.organizer_id == organizer_id).order_by(Member.id)
    return list(session.execute(query).scalars())


def give_to(session: Session, member_ids: Sequence[MemberId], organizer_id: OrganizerId | None) -> None:
    """Makes this their organizer."""
    for start in range(0, len(member_ids), _AT_ONCE):
        some = member_ids[start : start + _AT_ONCE]
        session.execute(update(Member).where(Member.id.in_(some)).values(organizer_id=organizer_id))
