"""What may be a wish to stop: a person has read it and says which."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from engine.actions import pauses
from engine.store import pauses as store
from engine.store import talks
from engine.vocabulary.ids import ConversationId, PauseId
from webapp.auth import me, runtime
from webapp.speech import _

blueprint = Blueprint("pauses", __name__, url_prefix="/conversation")


@blueprint.post("/<talk_id>/they-want-to-stop")
def stop(talk_id: ConversationId) -> Response:
    pauses.they_want_to_stop(runtime(), _wishes(talk_id), by=me().id)
    flash(_("Noted: we write to them there no more."))
    return redirect(url_for("conversation.page", talk_id=talk_id))


@blueprint.post("/<talk_id>/they-want-to-stay")
def stay(talk_id: ConversationId) -> Response:
    pauses.they_want_to_stay(runtime(), _wishes(talk_id), by=me().id)
    flash(_("Noted: letters go on once this conversation is closed."))
    return redirect(url_for("conversation.page", talk_id=talk_id))


def _wishes(talk_id: ConversationId) -> list[PauseId]:
    with runtime().reading() as session:
        talk = talks.talk(session, talk_id) or abort(404)
        return [each.id for each in store.wishes_in(session, talk.id, talk.member_id)]
