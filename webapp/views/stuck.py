"""Stuck mail: what was kept but could not be read, its source, and another try."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.store import raw
from engine.vocabulary.ids import RawId
from inbound import receive
from webapp.auth import runtime
from webapp.speech import _, ngettext

blueprint = Blueprint("stuck", __name__, url_prefix="/stuck")

LISTED = 100
SHOWN = 100_000  # characters of a source


@blueprint.get("/")
def index() -> str:
    with runtime().reading() as session:
        found = raw.stuck(session, LISTED)
    return render_template("web/stuck.html", mails=found, listed=LISTED)


@blueprint.get("/<raw_id>")
def page(raw_id: RawId) -> str:
    with runtime().reading() as session:
        mail, source = raw.stuck_one(session, raw_id) or abort(404)
    text = source[:SHOWN].encode("latin-1").decode("utf-8", errors="replace")
    return render_template("web/stuck_one.html", mail=mail, source=text, left_out=max(0, len(source) - SHOWN))


@blueprint.post("/<raw_id>/retry")
def retry(raw_id: RawId) -> Response:
    with runtime().reading() as session:
        raw.stuck_one(session, raw_id) or abort(404)
    receive.retry(runtime(), raw_id)
    with runtime().reading() as session:
        again = raw.stuck_one(session, raw_id)
    if again:
        flash(_("It is stuck again: %(problem)s", problem=again[0].problem or "?"), "error")
        return redirect(url_for(".page", raw_id=raw_id))
    flash(_("Read. It is where it belongs now."))
    return redirect(url_for(".index"))


@blueprint.post("/retry")
def retry_all() -> Response:
    with runtime().reading() as session:
        before = raw.stuck(session, LISTED)
    for mail in before:
        receive.retry(runtime(), mail.id)
    with runtime().reading() as session:
        still = {mail.id for mail in raw.stuck(session, LISTED)}
    count = sum(mail.id not in still for mail in before)
    flash(ngettext("One mail could be read now.", "%(num)s mails could be read now.", count))
    return redirect(url_for(".index"))
