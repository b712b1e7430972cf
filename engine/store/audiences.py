"""Who a phrase of `For:` names, asked of the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session

from engine.store.consents import Consent
from engine.store.enrollments import Enrollment
from engine.store.members import Member, MemberTag
from engine.vocabulary.ids import MemberId, SequenceId
from engine.vocabulary.script import Audience, Everyone, HasReplied, JoinedWithin, ReachedBy, Speaks, Tagged
from engine.vocabulary.words import Channel, ConsentState


def audience(session: Session, phrase: Audience, now: datetime, limit: int) -> Sequence[MemberId]:
    """Members the phrase names who agreed to hear from us, oldest first."""
    query = select(Member.id).where(_named(phrase, now), _agreed()).order_by(Member.id).limit(limit)
    return list(session.execute(query).scalars())


def newcomers(
    session: Session, phrase: Audience, sequence_id: SequenceId, now: datetime, limit: int
) -> Sequence[MemberId]:
    """Of the audience, those who never began this walk."""
    walked = exists().where(Enrollment.member_id == Member.id, Enrollment.sequence_id == sequence_id)
    query = select(Member.id).where(_named(phrase, now), _agreed(), ~walked).order_by(Member.id).limit(limit)
    return list(session.execute(query).scalars())


def _agreed() -> ColumnElement[bool]:
    return exists().where(
        Consent.member_id == Member.id, Consent.ended_at.is_(None), Consent.state == ConsentState.GIVEN
    )


def _named(phrase: Audience, now: datetime) -> ColumnElement[bool]:
    match phrase:
        case Everyone():
            return true()
        case JoinedWithin(days):
            return Member.joined_at >= now - timedelta(days=days)
        case Tagged(tag, has):
            tagged = exists().where(MemberTag.member_id == Member.id, MemberTag.tag == tag)
            return tagged if has else ~tagged
        case Speaks(language):
            return Member.language == language
        case ReachedBy(channel):
            return Member.channel == Channel(channel)
        case HasReplied():
            raise ValueError("Whether somebody has replied is known only within a walk: use `Only for:`.")
        case _ as other:
            assert_never(other)
