"""Webhooks: what providers post to us. Each is signed or bears our secret; nothing is believed before that,
nothing is answered with 2xx before it is kept, and no answer is ever a 500."""

import hmac
import logging
from collections.abc import Callable

from flask import Blueprint, request
from twilio.request_validator import RequestValidator
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from engine.actions import receipts
from engine.privacy import tokens
from engine.store.provider_events import Report
from engine.vocabulary.ids import DeliveryId
from inbound.sources.forms import FORMS
from inbound.sources.keeping import MOST_BYTES, Envelope, Replayed, keep_email, keep_posted, keep_text
from webapp.auth import public, runtime
from webapp.posted import headers_of, read_post

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_MAIL_SOURCE, _TEXT_SOURCE = "webhook", "twilio"

log = logging.getLogger("porchlight")


@blueprint.post("/twilio/texts")
@public
def text_came() -> Response:
    """An SMS or MMS, as Twilio posts it. Twilio is never asked to answer: we do that ourselves."""
    if not _signed_by_twilio():
        return _said(403)
    return _kept(lambda: keep_text(runtime(), _TEXT_SOURCE, request.form.to_dict()))


@blueprint.post("/twilio/reports/<token>/<int:attempt>")
@public
def text_reported(token: str, attempt: int) -> Response:
    """What became of a text we sent."""
    if not _signed_by_twilio():
        return _said(403)
    delivery_id = tokens.verify(runtime().keys, tokens.REPORT, token)
    form = request.form
    status, sid = form.get("MessageStatus", "")[:24], form.get("MessageSid", "")[:64]
    if delivery_id is None or not status or not sid or attempt > _MOST_ATTEMPTS:
        return _said(204)  # nothing we could do would mend it: Twilio need not try again
    code = form.get("ErrorCode", "")
    report = Report(
        DeliveryId(delivery_id),
        attempt,
        sid,
        status,
        int(code) if code.isascii() and code.isdigit() and len(code) < 10 else None,
    )
    return _kept(lambda: receipts.note_report(runtime(), report))


_MOST_ATTEMPTS = 100_000


@blueprint.post("/mail")
@public
def mail_came() -> Response:
    """A raw email (message/rfc822) from a mail service, with `Authorization: Bearer <our secret>`; the
    envelope, where the service knows it, as `?from=…&to=…&to=…`."""
    secret = runtime().settings.mail_hook_secret or ""
    given = request.headers.get("Authorization", "")
    if not secret or not hmac.compare_digest(given.encode(), f"Bearer {secret}".encode()):
        return _said(403)
    message = request.get_data(cache=False)
    if not message.strip():
        return _said(400)
    envelope = Envelope(request.args.get("from"), tuple(request.args.getlist("to"))[:_MOST_RECIPIENTS])
    return _kept(lambda: keep_email(runtime(), _MAIL_SOURCE, message, envelope))


_MOST_RECIPIENTS = 100


@blueprint.post("/<any(mailgun, postmark, sendgrid):service>")
@blueprint.post("/<any(mailgun):service>/mime")  # the address asks Mailgun for the whole mail
@public
def form_came(service: str) -> Response:
    """A mail in the form of one of the services we know, proven to be theirs."""
    rt, theirs = runtime(), FORMS[service]
    if not theirs.knows(rt.settings.mail_forms, headers_of(request)):
        return _said(403)
    try:
        posted = read_post(request, theirs.MOST_BYTES)
    except RequestEntityTooLarge:
        return _too_large()
    if not theirs.signed(rt.settings.mail_forms, posted, rt.clock.now().timestamp()):
        return _said(403)
    came = theirs.mail_of(posted)
    if came is None:
        return Response("There is no mail in this form.\n", 400, mimetype="text/plain")
    if len(came.message) > MOST_BYTES:
        return _too_large()
    return _kept(lambda: keep_posted(rt, service, came))


def _too_large() -> Response:
    """The service keeps what we refuse, and shows it."""
    said = f"A mail of more than {MOST_BYTES // 1024**2} MB is not taken here. Nothing of it was kept.\n"
    return Response(said, 413, mimetype="text/plain")


def _signed_by_twilio() -> bool:
    """Over the public address we gave Twilio, not over what a proxy made of it."""
    settings, signature = runtime().settings, request.headers.get("X-Twilio-Signature", "")
    if settings.twilio is None or not signature:
        return False
    url = settings.public_url + request.path
    if request.query_string:
        url += "?" + request.query_string.decode("latin-1")
    return bool(RequestValidator(settings.twilio.token).validate(url, request.form, signature))


def _kept(keep: Callable[[], object]) -> Response:
    """200 once it is committed; 503 when it could not be, so that the other side keeps it and tries again."""
    try:
        keep()
    except Replayed:
        return _said(403)
    except Exception as problem:
        log.error("A webhook could not be kept (%s).", type(problem).__name__)
        return _said(503)
    return Response(_NOTHING_TO_SAY, 200, mimetype="text/xml")


def _said(code: int) -> Response:
    return Response(status=code)
