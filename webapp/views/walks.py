"""Walks: members are enrolled by hand, paused, resumed and ended."""

from collections.abc import Callable, Sequence

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.actions import enrollments
from engine.actions.on_call import OnCallNeeded
from engine.runtime import Runtime
from engine.store import people, progress
from engine.store.sequences import SequenceKind
from engine.vocabulary.ids import EnrollmentId, MemberId, SequenceId
from engine.vocabulary.words import Ending
from webapp.auth import runtime
from webapp.speech import _, ngettext, spoken
from webapp.views.people import person_or_404

blueprint = Blueprint("walks", __name__)


@blueprint.post("/people/<member_id>/enroll")
def enroll_one(member_id: MemberId) -> Response:
    person_or_404(member_id)
    _enroll(SequenceId(request.form.get("sequence", "")), [member_id])
    return redirect(url_for("people.page", member_id=member_id))


@blueprint.post("/sequences/<sequence_id>/enroll")
def enroll_tagged(sequence_id: SequenceId) -> Response:
    """Everybody with one tag."""
    tag = request.form.get("tag", "").strip().lower()
    with runtime().reading() as session:
        member_ids = people.tagged(session, tag)
    if not member_ids:
        flash(_("Nobody is tagged “%(tag)s” yet.", tag=tag), "error")
    else:
        _enroll(sequence_id, member_ids)
    return redirect(url_for("sequences.page", sequence_id=sequence_id))


def _enroll(sequence_id: SequenceId, member_ids: Sequence[MemberId]) -> None:
    with runtime().reading() as session:
        found = progress.sequence(session, sequence_id)
    if found is None or found.kind is not SequenceKind.SEQUENCE:
        abort(404)
    try:
        count = enrollments.enroll(runtime(), sequence_id, member_ids)
    except OnCallNeeded as problem:
        flash(spoken(problem.sentence), "error")
        return
    except LookupError:
        flash(_("“%(title)s” has nothing published yet. Publish it first.", title=found.title), "error")
        return
    if not count:
        flash(_("Nobody new begins: they walked it already, or have not agreed to letters yet."), "error")
        return
    flash(ngettext("One person begins this walk.", "%(num)s people begin this walk.", count))


@blueprint.post("/walks/<enrollment_id>/pause")
def pause(enrollment_id: EnrollmentId) -> Response:
    return _done(enrollment_id, enrollments.pause)


@blueprint.post("/walks/<enrollment_id>/resume")
def resume(enrollment_id: EnrollmentId) -> Response:
    return _done(enrollment_id, enrollments.resume)


@blueprint.post("/walks/<enrollment_id>/end")
def end(enrollment_id: EnrollmentId) -> Response:
    return _done(enrollment_id, lambda rt, walk: enrollments.end(rt, walk, Ending.BY_ORGANIZER))


def _done(enrollment_id: EnrollmentId, act: Callable[[Runtime, EnrollmentId], None]) -> Response:
    with runtime().reading() as session:
        walk = progress.walk(session, enrollment_id) or abort(404)
    act(runtime(), enrollment_id)
    return redirect(url_for("people.page", member_id=walk.member_id))
