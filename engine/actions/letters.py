"""One-off letters: one letter to a `For:` audience, counted, tested, sent once, cancelled.

A letter is a sequence of one step that everyone in its audience begins at once, so that permission,
quiet hours, replies and the ledger are the same as for any other letter.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions import addresses, auditing, enrollments
from engine.actions.composing import TEST_CAUSE
from engine.actions.scripts import script_of
from engine.content.script import parse
from engine.runtime import Runtime
from engine.store import audiences, reach
from engine.store.base import insert_new, table_of
from engine.store.deliveries import Delivery, skip_unsent
from engine.store.enrollments import Enrollment
from engine.store.members import Member
from engine.store.organizers import Organizer
from engine.store.sequences import Revision, RevisionText, SequenceKind, SequenceState
from engine.store.sequences import Sequence as SequenceRow
from engine.vocabulary.ids import DeliveryId, EnrollmentId, MemberId, OrganizerId, RevisionId, SequenceId
from engine.vocabulary.script import Gravity, Mistake, Script
from engine.vocabulary.sentences import say
from engine.vocabulary.words import Channel, DeliveryState, Ending, Job, Refusal

STEP = "letter"
MOST = 1_000_000  # members one letter may go to
_AT_ONCE = 1000


@dataclass(frozen=True)
class LetterForm:
    """`audience` is a phrase as in `For:`; `text` may be empty: no text form."""

    subject: str
    body: str  # Markdown
    text: str
    audience: str
    language: str = "en"


class LetterError(Exception):
    """`mistakes` says what to mend; their lines count from the first line of the words."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(mistake.what for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Count:
    """Who would get a letter now: these sum to the audience."""

    email: int
    sms: int
    unreachable: int  # suppressed, no consent, or no text form for who chose texts


def draft(rt: Runtime, form: LetterForm, *, by: OrganizerId) -> SequenceId:
    """Keeps it as a draft. Raises LetterError."""
    sequence_id = SequenceId(rt.ids.new())
    text = _file_of(form)
    _check(f"letter-{sequence_id}", text, lines_before=_LINES_BEFORE)
    revision_id = RevisionId(rt.ids.new())
    now = rt.clock.now()
    with rt.transaction() as session:
        session.add(
            SequenceRow(
                id=sequence_id,
                name=f"letter-{sequence_id}",
                kind=SequenceKind.LETTER,
                title=form.subject.strip(),
                state=SequenceState.DRAFT,
                revision_id=revision_id,
                created_at=now,
            )
        )
        session.flush()
        digest = hashlib.sha256(text.encode()).hexdigest()
        session.add(
            Revision(
                id=revision_id,
                sequence_id=sequence_id,
                number=1,
                hash=digest,
                published_at=now,
                published_by=by,
            )
        )
        session.flush()
        words = RevisionText(revision_id=revision_id, language=form.language, original=True, text=text)
        session.add(words)
        auditing.note(rt, "letter.drafted", sequence_id, by=by)
    return sequence_id


_LINES_BEFORE = 9  # of the file, before the first line of the words


def _file_of(form: LetterForm) -> str:
    subject = " ".join(form.subject.split())
    audience = " ".join(form.audience.split())
    head = f"---\nTitle: {subject}\nFor: {audience}\nLanguage: {form.language}\n---\n"
    step = f"## {STEP}\nWhen: right away\nSubject: {subject}\n\n{form.body.strip()}\n"
    return head + step + (f"\n### text\n{form.text.strip()}\n" if form.text.strip() else "")


def _check(name: str, text: str, *, lines_before: int) -> Script:
    parsed = parse(text, name)
    grave = tuple(
        Mistake(max(found.line - lines_before, 1), found.what, found.mend)
        for found in parsed.mistakes
        if found.gravity is Gravity.ERROR
    )
    if parsed.script is None or grave:
        raise LetterError(grave)
    if [step.name for step in parsed.script.steps] != [STEP]:
        raise LetterError(
            (Mistake(1, say("A line of the letter begins with `## `."), say("Begin it differently.")),)
        )
    return parsed.script


def count(rt: Runtime, sequence_id: SequenceId) -> Count:
    """Counts the audience as it is now."""
    tally = {Channel.EMAIL: 0, Channel.SMS: 0}
    with rt.reading() as session:
        script = _script(session, sequence_id)
        assert script.audience is not None
        named = audiences.audience(session, script.audience, rt.clock.now(), MOST)
        for start in range(0, len(named), _AT_ONCE):
            for channel in _channels(session, script, named[start : start + _AT_ONCE]):
                tally[channel] += 1
    return Count(tally[Channel.EMAIL], tally[Channel.SMS], len(named) - sum(tally.values()))


def _channels(session: Session, script: Script, member_ids: Sequence[MemberId]) -> list[Channel]:
    """The channel each of these members would get it by; who cannot be reached is left out."""
    usable = reach.for_letters(session, member_ids)
    has_text = script.steps[0].text is not None
    chosen = session.execute(select(Member.id, Member.channel).where(Member.id.in_(member_ids)))
    return [
        channel
        for member_id, channel in chosen
        if channel in usable.get(member_id, {}) and (has_text or channel is Channel.EMAIL)
    ]


def test(rt: Runtime, sequence_id: SequenceId, *, to: OrganizerId) -> DeliveryId:
    """Mails the letter to the organizer alone, from "Test", with their own first name."""
    with rt.transaction() as session:
        script = _script(session, sequence_id)
        organizer = session.get_one(Organizer, to)
        sequence = session.get_one(SequenceRow, sequence_id)
        delivery_id = DeliveryId(rt.ids.new())
        row = {
            "id": delivery_id,
            "cause": f"{TEST_CAUSE}{to}:{delivery_id}",
            "channel": Channel.EMAIL,
            "address_id": addresses.ensure(rt, Channel.EMAIL, organizer.email),
            "state": DeliveryState.READY,
            "attempt": 0,
            "due_at": rt.clock.now(),
            "revision_id": sequence.revision_id,
            "step": STEP,
            "language": script.language,
            "auto": True,
            "created_at": rt.clock.now(),
        }
        insert_new(session, table_of(Delivery), [row])
        rt.ring(Job.DELIVER)
        return delivery_id


def send(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> int:
    """Enrolls everyone the audience names now; returns how many. Quiet hours hold for each."""
    with rt.transaction() as session:
        sequence = session.get_one(SequenceRow, sequence_id)
        if sequence.kind is not SequenceKind.LETTER or sequence.state is not SequenceState.DRAFT:
            raise LookupError("This letter was sent or cancelled already.")
        script = _script(session, sequence_id)
        assert script.audience is not None
        sequence.state = SequenceState.RUNNING
        auditing.note(rt, "letter.sent", sequence_id, by=by)
        members = audiences.audience(session, script.audience, rt.clock.now(), MOST)
        return sum(
            enrollments.enroll(rt, sequence_id, members[start : start + _AT_ONCE])
            for start in range(0, len(members), _AT_ONCE)
        )


def cancel(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> int:
    """Skips what has not left yet; returns how many members were kept from getting it."""
    with rt.transaction() as session:
        sequence = session.get_one(SequenceRow, sequence_id)
        sequence.state = SequenceState.FINISHED
        auditing.note(rt, "letter.cancelled", sequence_id, by=by)
        mine = select(Enrollment.id).where(Enrollment.sequence_id == sequence_id)
        skipped = skip_unsent(session, Refusal.CANCELLED, Delivery.enrollment_id.in_(mine))
        not_begun = mine.where(Enrollment.last_step.is_(None), Enrollment.ending.is_(None))
        waiting = [EnrollmentId(found) for found in session.execute(not_begun).scalars()]
        for enrollment_id in waiting:
            enrollments.end(rt, enrollment_id, Ending.BY_ORGANIZER)
        return skipped + len(waiting)


def _script(session: Session, sequence_id: SequenceId) -> Script:
    sequence = session.get_one(SequenceRow, sequence_id)
    assert sequence.revision_id is not None
    return script_of(session, sequence.revision_id, "")
