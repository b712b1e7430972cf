"""The pretend post office: sample members' mailboxes and phones, and the town's clock. It is registered
only where no real gateway is configured, and its desk refuses to work anywhere else."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.runtime import Runtime
from engine.vocabulary.words import Channel
from webapp.auth import runtime
from webapp.speech import _
from webapp.town import desk, hands
from webapp.town.desk import Box, Draft, Push
from webapp.town.letters import Mail
from webapp.town.writing import Style

blueprint = Blueprint("postoffice", __name__, url_prefix="/postoffice")

SIGHTS = ("letter", "text", "headers")  # how a letter can be looked at
MOST_SHOWN = 100  # letters of one mailbox
# The letter may look as it likes, but it fetches nothing, runs nothing and posts nothing; its links open
# in a window of their own.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)

_ABOVE = '<!doctype html><base target="_blank">'
_ABOVE_SENT = _ABOVE + "<style>body { margin: 1rem; font: 1rem/1.5 system-ui, sans-serif }</style>"


@blueprint.before_request
def refuse_beside_real_gateways() -> None:
    if not runtime().settings.embedded:
        abort(404)


@blueprint.context_processor
def clock_bar() -> dict[str, object]:
    now, next_due = desk.town_clock(runtime())
    return {"town_now": now, "next_due": next_due}


@blueprint.get("/")
def index() -> str:
    rt = runtime()
    return render_template(
        "web/postoffice/index.html",
        mailboxes=desk.boxes(rt, Channel.EMAIL),
        phones=desk.boxes(rt, Channel.SMS),
    )


@blueprint.get("/mail/<key>")
def mailbox(key: str) -> str:
    """The newest letter that came lies open."""
    box = _box(Channel.EMAIL, key)
    mails = desk.mails(runtime(), box)
    newest = next((mail for mail in mails if not mail.sent), mails[0] if mails else None)
    return _mailbox_page(box, newest.name if newest else "")


@blueprint.get("/mail/<key>/<name>")
def letter(key: str, name: str) -> str:
    return _mailbox_page(_box(Channel.EMAIL, key), name)


def _mailbox_page(box: Box, name: str) -> str:
    rt = runtime()
    opened = _mail(rt, box, name)
    sight = request.args.get("sight", SIGHTS[0])
    return render_template(
        "web/postoffice/mailbox.html",
        box=box,
        mails=desk.mails(rt, box)[:MOST_SHOWN],
        opened=opened,
        sight=sight if sight in SIGHTS else SIGHTS[0],
        styles=list(Style),
        phone=desk.beside(rt, box, Channel.SMS),
    )


@blueprint.get("/mail/<key>/<name>/html")
def letter_html(key: str, name: str) -> Response:
    """The HTML part alone, for the sandboxed frame."""
    mail = _mail(runtime(), _box(Channel.EMAIL, key), name)
    above = _ABOVE_SENT if mail.sent else _ABOVE
    response = current_app.make_response(above + mail.html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@blueprint.post("/mail/<key>/<name>/reply")
def reply(key: str, name: str) -> Response:
    rt = runtime()
    box = _box(Channel.EMAIL, key)
    draft = Draft(_words(), _style(), signed="signed" in request.form)
    if not draft.words:
        flash(_("There are no words in this reply yet."), "problem")
    else:
        desk.answer(rt, box, _mail(rt, box, name), draft)
        flash(_("Sent. It came in as real mail does; look at the reply queue."), "good")
    return redirect(url_for(".letter", key=key, name=name))


@blueprint.post("/mail/<key>/<name>/unsubscribe")
def unsubscribe(key: str, name: str) -> Response:
    """The mail program's own button: one POST, as RFC 8058 says, with no page in between."""
    link = _mail(runtime(), _box(Channel.EMAIL, key), name).one_click
    if link is None:
        abort(404)
    if hands.press_one_click(current_app._get_current_object(), link) == 200:  # type: ignore[attr-defined]
        flash(_("Unsubscribed, with one click and no questions."), "good")
    else:
        flash(_("The link of this letter does not work any more."), "problem")
    return redirect(url_for(".letter", key=key, name=name))


@blueprint.get("/phones/<key>")
def phone(key: str) -> str:
    rt = runtime()
    box = _box(Channel.SMS, key)
    texts = desk.open_texts(rt, box)
    return render_template(
        "web/postoffice/phone.html", box=box, texts=texts, mailbox=desk.beside(rt, box, Channel.EMAIL)
    )


@blueprint.post("/phones/<key>/text")
def text(key: str) -> Response:
    box = _box(Channel.SMS, key)
    if words := _words():
        desk.send_text(runtime(), box, words)
    else:
        flash(_("There are no words in this text yet."), "problem")
    return redirect(url_for(".phone", key=key, _anchor="newest"))


@blueprint.post("/clock")
def push_clock() -> Response:
    try:
        desk.push(runtime(), Push(request.form.get("far", "")))
    except ValueError:
        abort(400)
    return redirect(_back())


def _back() -> str:
    """The page of the post office the button was pressed on; never an address of elsewhere."""
    back = request.form.get("back", "")
    ours = url_for(".index")
    return back if back.startswith(ours) and "//" not in back and "\\" not in back else ours


def _box(channel: Channel, key: str) -> Box:
    found = desk.box(runtime(), channel, key)
    if found is None:
        abort(404)
    return found


def _mail(rt: Runtime, box: Box, name: str) -> Mail:
    found = desk.open_mail(rt, box, name)
    if found is None:
        abort(404)
    return found


def _words() -> str:
    return request.form.get("words", "").replace("\r\n", "\n").strip()


def _style() -> Style:
    try:
        return Style(request.form.get("style", Style.GMAIL))
    except ValueError:
        abort(400)
