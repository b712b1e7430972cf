"""Sequences are published, paused and resumed, and shown as a member would see them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions import auditing, on_call
from engine.actions.composing import Shown, show
from engine.actions.scripts import script_of
from engine.content.script import check_translation, parse
from engine.content.sms import count
from engine.rules.hours import ever_both_open
from engine.runtime import Runtime
from engine.store import sequences
from engine.store.community import the_community, window_of
from engine.store.deliveries import Delivery, release_held
from engine.store.enrollments import Enrollment
from engine.store.members import Member
from engine.store.sequences import Revision, RevisionText, SequenceKind, SequenceState
from engine.store.sequences import Sequence as SequenceRow
from engine.vocabulary.ids import MemberId, OrganizerId, RevisionId, SequenceId
from engine.vocabulary.script import Gravity, Mistake, Script
from engine.vocabulary.sentences import say
from engine.vocabulary.words import Channel, Job, Refusal


@dataclass(frozen=True)
class Published:
    """`sequence_id` is None when an ERROR among the mistakes kept it from being published."""

    sequence_id: SequenceId | None
    mistakes: Mapping[str, tuple[Mistake, ...]]  # by file name
    changed: bool = False  # False: the same texts were published already


@dataclass(frozen=True)
class Checked:
    """Files read together: one original and its translations."""

    original: Script | None
    scripts: Mapping[str, Script]  # by file name, those that parse
    mistakes: Mapping[str, tuple[Mistake, ...]]

    @property
    def publishable(self) -> bool:
        grave = any(m.gravity is Gravity.ERROR for found in self.mistakes.values() for m in found)
        return self.original is not None and not grave


def check(files: Mapping[str, str]) -> Checked:
    """Reads files (name without ending -> text) as one sequence. Never raises; mistakes say what to mend."""
    parsed = {name: parse(text, name) for name, text in files.items()}
    scripts = {name: found.script for name, found in parsed.items() if found.script is not None}
    mistakes = {name: found.mistakes for name, found in parsed.items()}
    originals = [script for script in scripts.values() if script.translates is None]
    if len(originals) != 1 and len(scripts) == len(files):
        first = next(iter(files), "")
        odd = Mistake(
            1,
            say(
                "There are %(count)s originals among these files; a sequence has exactly one.",
                count=len(originals),
            ),
            say("Give translations a line such as `Translates: welcome`; publish one sequence at a time."),
        )
        mistakes[first] = (*mistakes.get(first, ()), odd)
    original = originals[0] if len(originals) == 1 else None
    if original is not None:
        for name, script in scripts.items():
            if script.translates is not None:
                mistakes[name] = (*mistakes[name], *check_translation(original, script))
    return Checked(original, scripts, mistakes)


def publish(rt: Runtime, files: Mapping[str, str], *, by: OrganizerId | None = None) -> Published:
    """Publishes one original and its translations (file name without ending -> text) as a new
    Revision. Publishing sends nothing by itself."""
    checked = check(files)
    if not checked.publishable or checked.original is None:
        return Published(None, checked.mistakes)
    with rt.transaction() as session:
        shut = _never_open(session, checked.original) or _unheard(rt, session, checked.original)
        if shut is not None:
            return Published(None, {**checked.mistakes, checked.original.name: (shut,)})
        sequence = _sequence_named(rt, session, checked.original)
        digest = _digest(files)
        if _published_already(session, sequence, digest):
            return Published(sequence.id, checked.mistakes)
        sequence.title = checked.original.title
        sequence.revision_id = _write_revision(rt, session, sequence, _Bundle(files, checked, digest, by))
        if sequence.state is SequenceState.DRAFT:
            sequence.state = SequenceState.RUNNING
        auditing.note(rt, "sequence.published", sequence.id, by=by or "cli")
        return Published(sequence.id, checked.mistakes, changed=True)


def _never_open(session: Session, script: Script) -> Mistake | None:
    """A window that never meets the community's would keep every letter for ever."""
    hours = window_of(the_community(session))
    if ever_both_open(script.window, hours):
        return None
    return Mistake(
        1,
        say(
            "`Send between` never meets the hours of the community, %(opens)s to %(closes)s.",
            opens=f"{hours.opens:%H:%M}",
            closes=f"{hours.closes:%H:%M}",
        ),
        say("Choose hours within them, or change the community's hours in its settings."),
    )


def _unheard(rt: Runtime, session: Session, script: Script) -> Mistake | None:
    """What asks real people for answers needs people who hear a cry for help. A sample never leaves."""
    if not script.two_way or script.sample or not rt.doors.real or on_call.enough(session):
        return None
    return Mistake(1, on_call.needed(), say("Or take the `### replies` out of every step."))


def _sequence_named(rt: Runtime, session: Session, original: Script) -> SequenceRow:
    found = sequences.by_name(session, original.name)
    if found is None:
        found = SequenceRow(
            id=SequenceId(rt.ids.new()),
            name=original.name,
            kind=SequenceKind.SEQUENCE,
            title=original.title,
            state=SequenceState.DRAFT,
            created_at=rt.clock.now(),
        )
        session.add(found)
        session.flush()
    return found


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()


def _published_already(session: Session, sequence: SequenceRow, digest: str) -> bool:
    revision = session.get(Revision, sequence.revision_id) if sequence.revision_id else None
    return revision is not None and revision.hash == digest


@dataclass(frozen=True)
class _Bundle:
    files: Mapping[str, str]
    checked: Checked
    digest: str
    by: OrganizerId | None


def _write_revision(rt: Runtime, session: Session, sequence: SequenceRow, bundle: _Bundle) -> RevisionId:
    revision = Revision(
        id=RevisionId(rt.ids.new()),
        sequence_id=sequence.id,
        number=sequences.last_number(session, sequence.id) + 1,
        hash=bundle.digest,
        published_at=rt.clock.now(),
        published_by=bundle.by,
    )
    session.add(revision)
    session.flush()
    for name, text in bundle.files.items():
        script = bundle.checked.scripts[name]
        session.add(
            RevisionText(
                revision_id=revision.id,
                language=script.language,
                original=script.translates is None,
                text=text,
            )
        )
    session.flush()
    return revision.id


def pause(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> None:
    """Nobody advances, and what was queued of it stays until `resume`."""
    with rt.transaction() as session:
        _existing(session, sequence_id).state = SequenceState.PAUSED
        auditing.note(rt, "sequence.paused", sequence_id, by=by)


def resume(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> None:
    """Goes on from where everybody stands; nobody gets a burst of what was missed."""
    with rt.transaction() as session:
        _existing(session, sequence_id).state = SequenceState.RUNNING
        walks = select(Enrollment.id).where(Enrollment.sequence_id == sequence_id)
        release_held(session, Refusal.CANCELLED, rt.clock.now(), Delivery.enrollment_id.in_(walks))
        rt.ring(Job.DELIVER)
        auditing.note(rt, "sequence.resumed", sequence_id, by=by)


@dataclass(frozen=True)
class Preview:
    """One step as one member would see it."""

    step: str
    subject: str
    html: str
    text: str  # the plain-text part of the email
    sms: str | None
    sms_segments: int


def preview(rt: Runtime, sequence_id: SequenceId, member_id: MemberId) -> list[Preview]:
    """Every step in the member's language with the member's values; sends nothing."""
    with rt.reading() as session:
        sequence = _existing(session, sequence_id)
        member = session.get(Member, member_id)
        if sequence.revision_id is None or member is None:
            raise LookupError("There is nothing published, or no such member.")
        script = script_of(session, sequence.revision_id, member.language)
        shown = show(rt, session, script, member)
        return [_preview(step.name, shown) for step in script.steps]


def _preview(step: str, shown: Mapping[tuple[str, Channel], Shown]) -> Preview:
    letter, text = shown[step, Channel.EMAIL], shown.get((step, Channel.SMS))
    return Preview(
        step=step,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        sms=text.text if text is not None else None,
        sms_segments=count(text.text).segments if text is not None else 0,
    )


def _existing(session: Session, sequence_id: SequenceId) -> SequenceRow:
    found = session.get(SequenceRow, sequence_id)
    if found is None:
        raise LookupError("There is no such sequence.")
    return found
