"""The public sign-up, with a confirmation of the address before anything else is sent to it."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.actions import members
from engine.actions.members import MemberError, MemberForm
from engine.store.community import Community, the_community
from webapp.auth import limiter, public, runtime

blueprint = Blueprint("sign_up", __name__)

TRAP = "website"  # people never see this field; machines fill it in


@blueprint.get("/join")
@public
def form() -> tuple[str, int]:
    return _page(MemberForm(language=str(get_locale() or "en")))


@blueprint.post("/join")
@public
@limiter.limit("10 per hour; 30 per day")
def join() -> Response | tuple[str, int]:
    """Answers alike for addresses known, unknown and suppressed, and for machines in the trap."""
    typed = _read(request.form)
    if not _community().sign_up_open:
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
    return render_template("web/public/thanks.html", community=_community())


@blueprint.get("/confirm/<secret>")
@public
def ask(secret: str) -> str:
    """Only shows a button: mail scanners open links."""
    return render_template("web/public/confirm.html", community=_community(), secret=secret)


@blueprint.post("/confirm/<secret>")
@public
def confirm(secret: str) -> tuple[str, int]:
    confirmed = members.confirm(runtime(), secret) is not None
    shown = render_template("web/public/confirmed.html", community=_community(), confirmed=confirmed)
    return shown, 200 if confirmed else 404


def _read(posted: MultiDict[str, str]) -> MemberForm:
    return MemberForm(
        first_name=posted.get("first_name", "").strip(),
        email=posted.get("email", "").strip(),
        phone=posted.get("phone", "").strip(),
        neighborhood=posted.get("neighborhood", "").strip(),
        language=posted.get("language", "en"),
    )


def _page(typed: MemberForm, error: MemberError | None = None) -> tuple[str, int]:
    community = _community()
    if not community.sign_up_open:
        return render_template("web/public/closed.html", community=community), 404
    shown = render_template("web/public/join.html", community=community, form=typed, error=error, trap=TRAP)
    return shown, 422 if error else 200


def _community() -> Community:
    with runtime().reading() as session:
        return the_community(session)
