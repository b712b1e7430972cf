"""Files that came with messages: saved, never opened by the browser; pictures only as we made them anew."""

from io import BytesIO

from flask import Blueprint, Response, abort, send_file

from engine.store import alerts, attachments
from engine.store.attachments import Shown
from engine.vocabulary.ids import AttachmentId, ConversationId
from webapp.attachments import saved_name
from webapp.auth import runtime
from webapp.closed import require

blueprint = Blueprint("attachments", __name__, url_prefix="/conversation")
# Even opened by itself it has no origin, runs nothing and loads nothing.
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


@blueprint.get("/<talk_id>/files/<attachment_id>")
def file(talk_id: ConversationId, attachment_id: AttachmentId) -> Response:
    """For saving. The type is never said, so that no browser opens it."""
    found, content = _found(talk_id, attachment_id)
    return _guarded(
        send_file(
            BytesIO(content),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=saved_name(found),
        )
    )


@blueprint.get("/<talk_id>/pictures/<attachment_id>")
def picture(talk_id: ConversationId, attachment_id: AttachmentId) -> Response:
    """For showing: only what we made anew."""
    found, content = _found(talk_id, attachment_id)
    if not found.remade:
        abort(404)
    return _guarded(Response(content, mimetype="image/jpeg"))


def _found(talk_id: ConversationId, attachment_id: AttachmentId) -> tuple[Shown, bytes]:
    with runtime().reading() as session:
        require(alerts.raw_of_file(session, attachment_id))
        return attachments.content_of(session, talk_id, attachment_id) or abort(404)


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
