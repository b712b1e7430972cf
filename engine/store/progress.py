"""How sequences and one-off letters stand, and where members are in them: frozen values for pages."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.store.enrollments import Enrollment
from engine.store.members import Member
from engine.store.sequences import Revision, RevisionText, Sequence, SequenceKind, SequenceState
from engine.vocabulary.ids import EnrollmentId, MemberId, RevisionId, SequenceId
from engine.vocabulary.words import Ending, EnrollmentState


@dataclass(frozen=True)
class Walks:
    """How many members walk, stand (a person is talking), are paused, and how walks ended."""

    walking: int = 0
    standing: int = 0
    paused: int = 0
    ended: dict[Ending, int] = field(default_factory=dict)

    @property
    def all(self) -> int:
        return self.walking + self.standing + self.paused + sum(self.ended.values())


@dataclass(frozen=True)
class SequenceLine:
    id: SequenceId
    name: str
    kind: SequenceKind
    title: str
    state: SequenceState
    created_at: datetime
    revision_id: RevisionId | None
    walks: Walks


@dataclass(frozen=True)
class PublishedText:
    """One language of the published Revision, as it was written."""

    language: str
    original: bool
    text: str
    number: int
    published_at: datetime


def sequences(session: Session, kind: SequenceKind, limit: int = 200) -> list[SequenceLine]:
    """The newest first."""
    query = select(Sequence).where(Sequence.kind == kind).order_by(Sequence.id.desc()).limit(limit)
    found = list(session.execute(query).scalars())
    walks = _walks(session, [each.id for each in found])
    return [_line(each, walks.get(each.id, Walks())) for each in found]


def sequence(session: Session, sequence_id: SequenceId) -> SequenceLine | None:
    found = session.get(Sequence, sequence_id)
    return _line(found, _walks(session, [found.id]).get(found.id, Walks())) if found else None


def published_texts(session: Session, sequence_id: SequenceId) -> list[PublishedText]:
    """The published Revision's texts, the original first."""
    query = (
        select(RevisionText, Revision)
        .join(Revision, Revision.id == RevisionText.revision_id)
        .join(Sequence, Sequence.revision_id == Revision.id)
        .where(Sequence.id == sequence_id)
        .order_by(RevisionText.original.desc(), RevisionText.language)
    )
    return [
        PublishedText(text.language, text.original, text.text, revision.number, revision.published_at)
        for text, revision in session.execute(query)
    ]


@dataclass(frozen=True)
class Walk:
    """One member's place in one sequence."""

    id: EnrollmentId
    member_id: MemberId
    member: str
    sequence_id: SequenceId
    title: str
    kind: SequenceKind
    state: EnrollmentState
    last_step: str | None
    due_at: datetime | None
    started_at: datetime
    ending: Ending | None


def walks_of(session: Session, member_id: MemberId, limit: int = 50) -> list[Walk]:
    """The member's walks, the newest first."""
    return _walk_list(session, Enrollment.member_id == member_id, limit)


def walkers(session: Session, sequence_id: SequenceId, limit: int = 20) -> list[Walk]:
    """Who walks this sequence, the newest first."""
    return _walk_list(session, Enrollment.sequence_id == sequence_id, limit)


def walk(session: Session, enrollment_id: EnrollmentId) -> Walk | None:
    return next(iter(_walk_list(session, Enrollment.id == enrollment_id, 1)), None)


def _walk_list(session: Session, which: ColumnElement[bool], limit: int) -> list[Walk]:
    query = (
        select(Enrollment, Member, Sequence)
        .join(Member, Member.id == Enrollment.member_id)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(which)
        .order_by(Enrollment.started_at.desc(), Enrollment.id.desc())
        .limit(limit)
    )
    return [
        Walk(
            id=each.id,
            member_id=member.id,
            member=f"{member.first_name} {member.last_name}".strip(),
            sequence_id=found.id,
            title=found.title,
            kind=found.kind,
            state=each.state,
            last_step=each.last_step,
            due_at=each.due_at,
            started_at=each.started_at,
            ending=each.ending,
        )
        for each, member, found in session.execute(query)
    ]


def _line(found: Sequence, walks: Walks) -> SequenceLine:
    return SequenceLine(
        found.id, found.name, found.kind, found.title, found.state, found.created_at, found.revision_id, walks
    )


def _walks(session: Session, ids: list[SequenceId]) -> dict[SequenceId, Walks]:
    query = (
        select(Enrollment.sequence_id, Enrollment.state, Enrollment.ending, func.count())
        .where(Enrollment.sequence_id.in_(ids))
        .group_by(Enrollment.sequence_id, Enrollment.state, Enrollment.ending)
    )
    states: dict[SequenceId, dict[EnrollmentState, int]] = defaultdict(lambda: defaultdict(int))
    endings: dict[SequenceId, dict[Ending, int]] = defaultdict(dict)
    for sequence_id, state, ending, count in session.execute(query):
        if state is EnrollmentState.ENDED and ending is not None:
            endings[sequence_id][ending] = count
        else:
            states[sequence_id][state] += count
    return {
        each: Walks(
            states[each][EnrollmentState.WALKING],
            states[each][EnrollmentState.STANDING],
            states[each][EnrollmentState.PAUSED],
            endings[each],
        )
        for each in ids
    }
