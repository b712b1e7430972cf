"""The unsubscribe link of every letter, and the one-click POST of RFC 8058 on the same address.

The link itself is the permission: no sign-in, no cookie, no CSRF token. GET and HEAD change nothing.
"""

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.actions import addresses
from engine.privacy import tokens
from engine.store import deliveries
from engine.store.deliveries import Reached
from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.words import SuppressionReason
from webapp.auth import public, runtime
from webapp.views.public import show

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/u")

UNDO_WITHIN = timedelta(days=7)
ONE_CLICK = "One-Click"


@blueprint.get("/<token>")
@public
def page(token: str) -> tuple[str, int]:
    return _page(token, _reached(token))


@blueprint.post("/<token>")
@public
def unsubscribe(token: str) -> Response | tuple[str, int]:
    reached = _reached(token)
    if reached is None:
        return _page(token, None)
    addresses.suppress(runtime(), reached.address_id, SuppressionReason.UNSUBSCRIBED)
    if request.form.get("List-Unsubscribe") == ONE_CLICK:
        return "", 200
    return redirect(url_for(".page", token=token))


@blueprint.post("/<token>/undo")
@public
def undo(token: str) -> Response | tuple[str, int]:
    reached = _reached(token)
    if reached is None:
        return _page(token, None)
    if _may_undo(reached):
        addresses.lift(runtime(), reached.address_id, SuppressionReason.UNSUBSCRIBED)
    return redirect(url_for(".page", token=token))


def _reached(token: str) -> Reached | None:
    delivery_id = tokens.verify(runtime().keys, tokens.UNSUBSCRIBE, token)
    if delivery_id is None:
        return None
    with runtime().reading() as session:
        return deliveries.reached(session, DeliveryId(delivery_id))


def _may_undo(reached: Reached) -> bool:
    at = reached.unsubscribed_at
    return at is not None and runtime().clock.now() - at < UNDO_WITHIN


def _page(token: str, reached: Reached | None) -> tuple[str, int]:
    """Every link that is not ours gets the same page, whatever is wrong with it."""
    if reached is None:
        return show("no_such_link"), 404
    return show(
        "unsubscribe", reached.language, token=token, reached=reached, may_undo=_may_undo(reached)
    ), 200
