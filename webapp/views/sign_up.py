"""The public sign-up, with a confirmation of the address before anything else is sent to it."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.actions import members
from engine.actions.members import MemberError, MemberForm
from engine.store import tokens
from engine.store.community import the_community
from webapp.auth import limiter, public, runtime
from webapp.views.public import show

blueprint = Blueprint("sign_up", __name__)

TRAP = "website"  # people never see this field; machines fill it in


@blueprint.get("/join")
@public
def form() -> tuple[str, int]:
    return _page(MemberForm(language=request.args.get("language", "")))


@blueprint.post("/join")
@public
@limiter.limit("10 per hour; 30 per day")
def join() -> Response | tuple[str, int]:
    """Answers alike for addresses known, unknown and suppressed, and for machines in the trap."""
    typed = _read(request.form)
    if not _open():
        return _page(typed)
    if not request.form.get(TRAP):
        try:
            members.sign_up(runtime(), typed)
        except MemberError as error:
            return _page(typed, error)
    return redirect(url_for(".thanks", language=typed.language))


@blueprint.get("/join/thanks")
@public
def thanks() -> str:
    return show("thanks")


@blueprint.get("/confirm/<secret>")
@public
def ask(secret: str) -> str:
    """Only shows a button: mail scanners open links."""
    return show("confirm", _language_of(secret))


@blueprint.post("/confirm/<secret>")
@public
def confirm(secret: str) -> tuple[str, int]:
    confirmed = members.confirm(runtime(), secret) is not None
    return show("confirmed", _language_of(secret), confirmed=confirmed), 200 if confirmed else 404


def _language_of(secret: str) -> str | None:
    rt = runtime()
    with rt.reading() as session:
        return tokens.language_of(session, rt.keys.blind("secret", secret))


def _read(posted: MultiDict[str, str]) -> MemberForm:
    return MemberForm(
        first_name=posted.get("first_name", "").strip(),
        email=posted.get("email", "").strip(),
        phone=posted.get("phone", "").strip(),
        neighborhood=posted.get("neighborhood", "").strip(),
        language=posted.get("language", "en"),
    )


def _open() -> bool:
    with runtime().reading() as session:
        return the_community(session).sign_up_open


def _page(typed: MemberForm, error: MemberError | None = None) -> tuple[str, int]:
    if not _open():
        return show("closed", typed.language), 404
    return show("join", typed.language, form=typed, error=error, trap=TRAP), 422 if error else 200
