"""Members, their tags, and the keyed words they are found by."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.privacy.sealed import Sealed
from engine.store.base import HASH, ID, Base, Moment, words
from engine.vocabulary.ids import MemberId, OrganizerId
from engine.vocabulary.words import Channel


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


class MemberTag(Base):
    __tablename__ = "member_tags"

    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)  # folded to lower case


class MemberWord(Base):
    """The search index: keyed hashes of whole folded words of a member's name, never text."""

    __tablename__ = "member_words"

    word_hash: Mapped[str] = mapped_column(HASH, primary_key=True)  # keys.blind("word", word)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
