"""The reply queue: folders and their rows."""

import base64
import json
from datetime import datetime

from flask import Blueprint, abort, render_template, request

from engine.rules.meanings import Need
from engine.store import queue
from engine.store.queue import PAGE, Cursor, Folder
from engine.vocabulary.ids import ConversationId
from webapp.auth import me, runtime

blueprint = Blueprint("replies", __name__, url_prefix="/replies")


@blueprint.get("/")
def index() -> str:
    return folder(Folder.MINE)


@blueprint.get("/<name>")
def folder(name: str) -> str:
    try:
        which = Folder(name)
    except ValueError:
        abort(404)
    with runtime().reading() as session:
        rows = queue.folder(session, which, me().id, _after(request.args.get("after", "")))
        counts = queue.counts(session, me().id)
    more = _spell(rows[-1].cursor) if len(rows) == PAGE else ""
    return render_template(
        "web/replies.html", rows=rows, counts=counts, folder=which, folders=list(Folder), more=more
    )


def _spell(cursor: Cursor) -> str:
    text = json.dumps([cursor.need, cursor.at.isoformat(), cursor.id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(spelled: str) -> Cursor | None:
    """The cursor of a link of ours; anything else is the first page."""
    try:
        padded = spelled + "=" * (-len(spelled) % 4)
        need, at, id = json.loads(base64.urlsafe_b64decode(padded))
        moment, rank = datetime.fromisoformat(at), int(need)
    except (ValueError, TypeError):
        return None
    known = moment.tzinfo is not None and 0 <= rank <= Need.REST
    return Cursor(rank, moment, ConversationId(str(id))) if known else None
