"""Today: what waits for me, and one button to begin."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.actions import conversations
from engine.store import queue
from engine.store.queue import Folder
from webapp.auth import me, runtime
from webapp.speech import _

blueprint = Blueprint("today", __name__)


@blueprint.get("/")
def page() -> str:
    with runtime().reading() as session:
        counts = queue.counts(session, me().id)
        oldest = queue.oldest_wait(session)
        mine = queue.folder(session, Folder.MINE, me().id)[:5]
    return render_template("web/today.html", counts=counts, oldest=oldest, mine=mine, Folder=Folder)


@blueprint.post("/next")
def help_next() -> Response:
    """Takes the one that waits longest: mine first, else one nobody has."""
    found = conversations.claim_next(runtime(), by=me().id)
    if found is None:
        flash(_("Nobody waits for an answer. Thank you for looking."))
        return redirect(url_for(".page"))
    return redirect(url_for("conversation.page", talk_id=found))
