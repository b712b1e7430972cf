"""Sequences: the list, the path of silence, previews, and publishing a Markdown file."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from engine.actions import sequences
from engine.actions.scripts import script_of
from engine.actions.sequences import Preview
from engine.store import people, progress
from engine.store.people import PeopleFilter
from engine.store.progress import SequenceLine
from engine.store.sequences import SequenceKind
from engine.vocabulary.ids import MemberId, SequenceId
from webapp.auth import admins_only, me, runtime
from webapp.speech import _
from webapp.views import path

blueprint = Blueprint("sequences", __name__, url_prefix="/sequences")

LARGEST = 400_000  # characters of one sequence file
# What a letter may do in its frame: nothing but be read.
FRAME_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)


@blueprint.get("/")
def index() -> str:
    with runtime().reading() as session:
        found = progress.sequences(session, SequenceKind.SEQUENCE)
    return render_template("web/sequences.html", sequences=found)


@blueprint.get("/<sequence_id>")
def page(sequence_id: SequenceId) -> str:
    rt, found = runtime(), sequence_or_404(sequence_id, SequenceKind.SEQUENCE)
    with rt.reading() as session:
        texts = progress.published_texts(session, sequence_id)
        walkers = progress.walkers(session, sequence_id)
        tags = people.tags_in_use(session)
        language = request.args.get("language") or (texts[0].language if texts else "en")
        script = script_of(session, found.revision_id, language) if found.revision_id else None
    return render_template(
        "web/sequence.html",
        sequence=found,
        script=script,
        path=path.path_of(script) if script else [],
        audience=path.audience_in_words(script.audience) if script and script.audience else "",
        goal=path.goal_in_words(script.goal) if script and script.goal else "",
        texts=texts,
        language=language,
        walkers=walkers,
        tags=tags,
    )


def sequence_or_404(sequence_id: SequenceId, kind: SequenceKind) -> SequenceLine:
    with runtime().reading() as session:
        found = progress.sequence(session, sequence_id)
    if found is None or found.kind is not kind:
        abort(404)
    return found


@blueprint.get("/<sequence_id>/preview")
def preview(sequence_id: SequenceId) -> str:
    """Each letter as one member would see it."""
    with runtime().reading() as session:
        found = progress.sequence(session, sequence_id) or abort(404)
        chosen = request.args.get("member", "")
        some = people.people(session, PeopleFilter(), None, 100)
        walking = [walk.member_id for walk in progress.walkers(session, sequence_id, 1)]
        member_id = MemberId(chosen) if chosen else next(iter([*walking, *(each.id for each in some)]), None)
        member = people.person(session, member_id) if member_id else None
    return render_template(
        "web/sequence_preview.html",
        sequence=found,
        member=member,
        people=some,
        previews=previews_of(sequence_id, member.id) if member else [],
    )


def previews_of(sequence_id: SequenceId, member_id: MemberId) -> list[Preview]:
    try:
        return sequences.preview(runtime(), sequence_id, member_id)
    except LookupError:
        abort(404)


@blueprint.get("/<sequence_id>/preview/<step>.html")
def letter_frame(sequence_id: SequenceId, step: str) -> Response:
    """The letter alone, for a sandboxed frame, with a policy of its own."""
    shown = previews_of(sequence_id, MemberId(request.args.get("member", "")))
    html = next((each.html for each in shown if each.step == step), None) or abort(404)
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_CSP
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.post("/<sequence_id>/pause")
@admins_only
def pause(sequence_id: SequenceId) -> Reply:
    sequence_or_404(sequence_id, SequenceKind.SEQUENCE)
    sequences.pause(runtime(), sequence_id, by=me().id)
    flash(_("Paused. Nobody gets a letter of this sequence until you resume it."))
    return redirect(url_for(".page", sequence_id=sequence_id))


@blueprint.post("/<sequence_id>/resume")
@admins_only
def resume(sequence_id: SequenceId) -> Reply:
    sequence_or_404(sequence_id, SequenceKind.SEQUENCE)
    sequences.resume(runtime(), sequence_id, by=me().id)
    flash(_("It goes on from where everybody stood."))
    return redirect(url_for(".page", sequence_id=sequence_id))


@blueprint.get("/publish")
@admins_only
def choose() -> str:
    return _publish_page({}, {})


@blueprint.post("/publish")
@admins_only
def publish() -> Reply | str | tuple[str, int]:
    files = _posted_files()
    if not files:
        return _publish_page({}, {}, _("Choose a Markdown file, or paste its text.")), 422
    checked = sequences.check(files)
    if request.form.get("act") == "check" or not checked.publishable:
        return _publish_page(files, checked.mistakes, checked=True), 200 if checked.publishable else 422
    done = sequences.publish(runtime(), files, by=me().id)
    flash(
        _("Published. Nothing was sent by this.") if done.changed else _("This text was published already.")
    )
    return redirect(url_for(".page", sequence_id=done.sequence_id))


def _posted_files() -> dict[str, str]:
    """File name without ending -> text: uploaded files, and the texts that were pasted or corrected."""
    files = {
        request.form.get(f"name-{which}", "").strip() or "sequence": text.replace("\r\n", "\n")
        for which in range(1, 9)
        if (text := request.form.get(f"text-{which}", "")[:LARGEST]).strip()
    }
    for file in request.files.getlist("files"):
        text = file.read(LARGEST).decode("utf-8", errors="replace")
        if text.strip():
            files[(file.filename or "sequence").rpartition("/")[2].removesuffix(".md")] = text
    return files


def _publish_page(
    files: Mapping[str, str], mistakes: Mapping[str, object], problem: str = "", *, checked: bool = False
) -> str:
    return render_template(
        "web/sequence_publish.html", files=files, mistakes=mistakes, problem=problem, checked=checked
    )
