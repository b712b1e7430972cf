"""Stuck mail: what was kept but could not be read, and another try."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.store import raw
from engine.vocabulary.ids import RawId
from inbound import receive
from webapp.auth import runtime
from webapp.speech import _, ngettext

blueprint = Blueprint("stuck", __name__, url_prefix="/stuck")

LISTED = 100


@blueprint.get("/")
def index() -> str:
    with runtime().reading() as session:
        found = raw.stuck(session, LISTED)
    return render_template("web/stuck.html", mails=found, listed=LISTED)


@blueprint.post("/<raw_id>/retry")
def retry(raw_id: RawId) -> Response:
    if _problem(raw_id) is None:
        abort(404)
    receive.retry(runtime(), raw_id)
    problem = _problem(raw_id)
    if problem is not None:
        flash(_("It is stuck again: %(problem)s", problem=problem), "error")
        return redirect(url_for("mail.page", raw_id=raw_id))
    flash(_("Read. It is where it belongs now."))
    return redirect(url_for(".index"))


def _problem(raw_id: RawId) -> str | None:
    with runtime().reading() as session:
        return raw.is_stuck(session, raw_id)


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
