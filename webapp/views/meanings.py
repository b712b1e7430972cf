"""What a reply means, put right by a person."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.actions import meanings
from engine.actions.conversations import Changed
from engine.actions.meanings import Corrected
from engine.rules.meanings import Sense
from engine.store import alerts, talks
from engine.vocabulary.ids import ConversationId, MessageId
from webapp.auth import me, runtime
from webapp.closed import require
from webapp.speech import _, spoken

blueprint = Blueprint("meanings", __name__, url_prefix="/conversation")


@blueprint.post("/<talk_id>/meaning/<message_id>")
def correct(talk_id: ConversationId, message_id: MessageId) -> Response:
    with runtime().reading() as session:
        if not talks.came_in(session, talk_id, message_id):
            abort(404)
        require(alerts.raw_of_message(session, message_id))
    said = request.form.getlist("sense")
    if not set(said) <= {sense.value for sense in Sense}:
        abort(400)
    try:
        done = meanings.correct(runtime(), message_id, [Sense(each) for each in said], by=me().id)
    except Changed as changed:
        flash(spoken(changed.sentence), "error")
    else:
        for sentence in _sentences(done):
            flash(sentence)
    return redirect(url_for("conversation.page", talk_id=talk_id, _anchor=f"meant-{message_id}"))


def _sentences(done: Corrected) -> list[str]:
    found = [_("Thank you. It means what you say.")]
    if done.stopped:
        found.append(_("We will not use that address any more."))
    if done.called:
        found.append(_("Nothing automatic goes to them now, and an alert stands until a person closes it."))
    if done.alert_stands:
        found.append(_("Its alert stands until a person closes it."))
    return found
