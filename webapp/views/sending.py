"""Holding what is sent, and letting it go again. Every page says it while something is held."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from engine.actions import receipts
from engine.vocabulary.words import Channel, HoldReason
from webapp.auth import admins_only, me, runtime
from webapp.speech import _

blueprint = Blueprint("sending", __name__, url_prefix="/sending")


@blueprint.post("/<channel>/release")
@admins_only
def release(channel: str) -> Response:
    receipts.release(runtime(), _channel(channel), by=me().id)
    flash(_("Sending goes on. Who asked us to stop in the meantime gets nothing."))
    return redirect(url_for("health.index"))


@blueprint.post("/<channel>/hold")
@admins_only
def hold(channel: str) -> Response:
    receipts.hold(runtime(), _channel(channel), HoldReason.BY_ADMIN, by=me().id)
    flash(_("Held. What is ready waits; what was handed over already cannot be called back."))
    return redirect(url_for("settings.index"))


def _channel(name: str) -> Channel:
    if name not in set(Channel):
        abort(404)
    return Channel(name)
