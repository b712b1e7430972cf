"""Signing in and out, one-time links, and choosing a password."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.actions import organizers
from engine.actions.organizers import OrganizerError
from webapp.auth import close_session, limiter, open_session, public, runtime
from webapp.speech import _, spoken

blueprint = Blueprint("sign_in", __name__)

_BY_ADDRESS = "20 per minute; 100 per hour"


@blueprint.get("/sign-in")
@public
def form() -> str:
    return render_template("web/sign_in.html", email="", wrong=False)


@blueprint.post("/sign-in")
@public
@limiter.limit(_BY_ADDRESS)
@limiter.limit("10 per 15 minutes", key_func=lambda: request.form.get("email", "").strip().lower()[:200])
def enter() -> Response | tuple[str, int]:
    """The same answer for a wrong password and an unknown address."""
    email = request.form.get("email", "").strip()
    organizer_id = organizers.check_password(runtime(), email, request.form.get("password", ""))
    if organizer_id is None:
        return render_template("web/sign_in.html", email=email, wrong=True), 422
    open_session(organizer_id)
    return redirect(_onward())


def _onward() -> str:
    """Where the visitor wanted to go, if that is a page of ours."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = (
        not parts.scheme
        and not parts.netloc
        and wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
    )
    return wanted if ours else url_for("today.page")


@blueprint.post("/sign-out")
def leave() -> Response:
    close_session()
    return redirect(url_for(".form"))


@blueprint.get("/first/<secret>")
@public
def first(secret: str) -> str:
    """A page with a button: opening a link, as mail scanners do, uses nothing up."""
    return render_template("web/sign_in_link.html", secret=secret, used=False)


@blueprint.post("/first/<secret>")
@public
@limiter.limit(_BY_ADDRESS)
def use_first(secret: str) -> Response | tuple[str, int]:
    organizer_id = organizers.use_link(runtime(), secret)
    if organizer_id is None:
        return render_template("web/sign_in_link.html", secret="", used=True), 410
    open_session(organizer_id)
    return redirect(url_for("today.page"))


@blueprint.get("/forgotten")
@public
def forgotten() -> str:
    return render_template("web/sign_in_forgotten.html", asked=False)


@blueprint.post("/forgotten")
@public
@limiter.limit("5 per 15 minutes")
def ask_reset() -> str:
    organizers.ask_reset(runtime(), request.form.get("email", "").strip())
    return render_template("web/sign_in_forgotten.html", asked=True)


@blueprint.get("/invitation/<secret>")
@blueprint.get("/reset/<secret>")
@public
def password(secret: str) -> str:
    return render_template("web/sign_in_password.html", problem="")


@blueprint.post("/invitation/<secret>")
@blueprint.post("/reset/<secret>")
@public
@limiter.limit(_BY_ADDRESS)
def choose_password(secret: str) -> Response | tuple[str, int]:
    chosen = request.form.get("password", "")
    if chosen != request.form.get("again", ""):
        return render_template("web/sign_in_password.html", problem=_("The two are not the same.")), 422
    try:
        organizer_id = organizers.choose_password(runtime(), secret, chosen)
    except OrganizerError as error:
        return render_template("web/sign_in_password.html", problem=spoken(error.sentence)), 422
    open_session(organizer_id)
    flash(_("Welcome. From now on you sign in with this password."))
    return redirect(url_for("today.page"))
