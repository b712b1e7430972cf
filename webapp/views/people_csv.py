"""People from and to CSV: upload, look at what was read line by line, confirm; and the export."""

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as Reply

from engine.actions import auditing, importing
from webapp import uploads
from webapp.auth import admins_only, me, runtime
from webapp.speech import _

blueprint = Blueprint("people_csv", __name__, url_prefix="/people")

SHOWN = 20  # rows of a preview
PROBLEMS = 200  # problems shown at once


@blueprint.get("/import")
def choose() -> str:
    return render_template("web/people_import.html")


@blueprint.post("/import")
def preview() -> str | Reply:
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content.strip():
        flash(_("Choose a CSV file with at least one row."), "error")
        return redirect(url_for(".choose"))
    text = _decoded(content)
    read = importing.check_rows(runtime(), importing.read_csv(text))
    name = uploads.keep(runtime(), me().id, text)
    return render_template("web/people_preview.html", read=read, name=name, shown=SHOWN, problems=PROBLEMS)


def _decoded(content: bytes) -> str:
    """UTF-8 where it is; else what spreadsheet programs of Windows write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


@blueprint.post("/import/confirm")
def confirm() -> str | Reply:
    name = request.form.get("name", "")
    text = uploads.fetch(runtime(), me().id, name)
    if text is None:
        flash(_("That file is not here any more. Choose it again; nobody is added twice."), "error")
        return redirect(url_for(".choose"))
    read = importing.read_csv(text)
    done = importing.import_members(runtime(), read.forms)
    uploads.drop(runtime(), name)
    left_out = (*read.problems, *done.problems)
    return render_template("web/people_imported.html", done=done, left_out=left_out, problems=PROBLEMS)


@blueprint.post("/export")
@admins_only
def export() -> Response:
    """A POST, for it leaves a line in the audit."""
    auditing.note(runtime(), "members.exported", "members", by=me().id)
    lines = stream_with_context(importing.export_csv(runtime()))
    headers = {"Content-Disposition": "attachment; filename=people.csv", "X-Content-Type-Options": "nosniff"}
    return Response(lines, mimetype="text/csv", headers=headers)
