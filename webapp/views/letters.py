"""One-off letters: write and check, count, test to myself, send after a confirmation, cancel."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.actions import letters
from engine.actions.letters import LetterError, LetterForm
from engine.actions.on_call import OnCallNeeded
from engine.actions.scripts import script_of
from engine.store import people, progress
from engine.store.sequences import SequenceKind, SequenceState
from engine.vocabulary.ids import SequenceId
from webapp.auth import admins_only, me, runtime
from webapp.speech import _, language_name, ngettext, spoken
from webapp.views import path
from webapp.views.sequences import sequence_or_404

blueprint = Blueprint("letters", __name__, url_prefix="/letters")


@blueprint.get("/")
def index() -> str:
    with runtime().reading() as session:
        found = progress.sequences(session, SequenceKind.LETTER)
    return render_template("web/letters.html", letters=found)


@blueprint.get("/new")
@admins_only
def new() -> str:
    return _form_page(LetterForm("", "", "", "everyone"))


@blueprint.post("/new")
@admins_only
def write() -> Response | tuple[str, int]:
    posted = request.form
    form = LetterForm(
        subject=posted.get("subject", "").strip(),
        body=posted.get("body", "").replace("\r\n", "\n"),
        text=posted.get("text", "").replace("\r\n", "\n"),
        audience=posted.get("audience", "").strip(),
        language=posted.get("language", "en"),
    )
    try:
        sequence_id = letters.draft(runtime(), form, by=me().id)
    except LetterError as error:
        return _form_page(form, error), 422
    return redirect(url_for(".page", sequence_id=sequence_id))


def _form_page(form: LetterForm, error: LetterError | None = None) -> str:
    with runtime().reading() as session:
        tags = people.tags_in_use(session)
    return render_template("web/letter_form.html", form=form, error=error, tags=tags)


@blueprint.get("/<sequence_id>")
def page(sequence_id: SequenceId) -> str:
    rt, found = runtime(), sequence_or_404(sequence_id, SequenceKind.LETTER)
    with rt.reading() as session:
        script = script_of(session, found.revision_id, "") if found.revision_id else None
    return render_template(
        "web/letter.html",
        letter=found,
        step=script.steps[0] if script else None,
        language=language_name(script.language) if script else "",
        audience=path.audience_in_words(script.audience) if script and script.audience else "",
        count=letters.count(rt, sequence_id) if found.state is SequenceState.DRAFT else None,
    )


@blueprint.post("/<sequence_id>/test")
@admins_only
def test(sequence_id: SequenceId) -> Response:
    sequence_or_404(sequence_id, SequenceKind.LETTER)
    letters.test(runtime(), sequence_id, to=me().id)
    flash(_("The letter is on its way to %(email)s, and to nobody else.", email=me().email))
    return redirect(url_for(".page", sequence_id=sequence_id))


@blueprint.post("/<sequence_id>/send")
@admins_only
def send(sequence_id: SequenceId) -> Response:
    """Only with the number of people as it was read: if it is another by now, the admin looks again."""
    found = sequence_or_404(sequence_id, SequenceKind.LETTER)
    back = redirect(url_for(".page", sequence_id=sequence_id))
    if found.state is not SequenceState.DRAFT:
        flash(_("This letter was sent or cancelled already."), "error")
        return back
    count = letters.count(runtime(), sequence_id)
    reached = count.email + count.sms
    if request.form.get("confirmed") != str(reached):
        flash(_("Write the number %(num)s to confirm; nothing was sent.", num=reached), "error")
        return back
    try:
        letters.send(runtime(), sequence_id, by=me().id)
    except OnCallNeeded as problem:
        flash(spoken(problem.sentence), "error")
        return back
    flash(
        ngettext(
            "The letter is on its way to one person.", "The letter is on its way to %(num)s people.", reached
        )
    )
    return back


@blueprint.post("/<sequence_id>/cancel")
@admins_only
def cancel(sequence_id: SequenceId) -> Response:
    sequence_or_404(sequence_id, SequenceKind.LETTER)
    kept = letters.cancel(runtime(), sequence_id, by=me().id)
    flash(
        ngettext(
            "Cancelled: one letter was kept from leaving.",
            "Cancelled: %(num)s letters were kept from leaving.",
            kept,
        )
    )
    return redirect(url_for(".page", sequence_id=sequence_id))
