"""One message that came in: its words, what was cut of it and why, where it went and why, and its source."""

import logging
from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.actions import examples as actions
from engine.store import examples, people, raw, talks
from engine.store.raw import KeptMail
from engine.store.talks import Filed
from engine.vocabulary.ids import RawId
from engine.vocabulary.words import RawKind
from inbound.mail import Reading
from inbound.reading import read
from webapp.attachments import files_of
from webapp.auth import me, runtime
from webapp.closed import require
from webapp.speech import _

blueprint = Blueprint("mail", __name__, url_prefix="/mail")

_SHOWN = 200_000  # characters of a source

log = logging.getLogger("porchlight")


@blueprint.get("/<raw_id>")
def page(raw_id: RawId) -> str:
    mail, filed = _found(raw_id)
    with runtime().reading() as session:
        member = people.person(session, filed.member_id) if filed and filed.member_id else None
        files = files_of(session, [filed.message_id]).get(filed.message_id, []) if filed else []
        wanted = examples.wanted_of(session, raw_id)
    reading = _read_again(mail)
    source = mail.kept.content[:_SHOWN].decode("utf-8", errors="replace").replace("\r\n", "\n")
    return render_template(
        "web/mail.html",
        mail=mail,
        filed=filed,
        member=member,
        files=files,
        wanted=wanted,
        reading=reading,
        source=source,
        left_out=max(0, len(mail.kept.content) - _SHOWN),
    )


@blueprint.get("/<raw_id>/source")
def source(raw_id: RawId) -> Response:
    """As it came, byte for byte, for saving: no browser opens it."""
    mail, _filed = _found(raw_id)
    ending = "eml" if mail.kept.kind is RawKind.EMAIL else "json"
    content, name = BytesIO(mail.kept.content), f"{raw_id}.{ending}"
    return send_file(content, "application/octet-stream", as_attachment=True, download_name=name)


@blueprint.post("/<raw_id>/words")
def correct(raw_id: RawId) -> BaseResponse:
    """These words count: in the conversation, and as an example for the reader."""
    _mail, filed = _found(raw_id)
    if filed is None:
        abort(404)
    actions.cut_right(runtime(), raw_id, request.form.get("words", ""), by=me().id)
    flash(_("Thank you. These words count now. The example stays here until an admin takes it out."))
    return redirect(url_for(".page", raw_id=raw_id))


def _found(raw_id: RawId) -> tuple[KeptMail, Filed | None]:
    require(raw_id)
    with runtime().reading() as session:
        mail = raw.kept_one(session, raw_id) or abort(404)
        return mail, talks.filed(session, raw_id)


def _read_again(mail: KeptMail) -> Reading | None:
    """As the reader of today reads it; None when that fails, as it did for what is stuck."""
    try:
        return read(runtime(), mail.kept)
    except Exception as problem:  # whatever made it stuck must not hide it
        log.warning("Mail %s cannot be read again: %s", mail.id, type(problem).__name__)
        return None
