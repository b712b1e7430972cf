"""The team: who answers here, invitations, and one's own profile."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.actions import organizers, profiles
from engine.actions.organizers import OrganizerError, OrganizerForm
from engine.actions.profiles import ProfileForm
from engine.store import team
from engine.store.team import Teammate
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.words import Role
from webapp.auth import admins_only, me, runtime
from webapp.speech import _, spoken
from webapp.views.choices import ZONES

blueprint = Blueprint("team", __name__)


@blueprint.get("/team")
@admins_only
def index() -> str:
    return _page(OrganizerForm(name="", email=""))


def _page(form: OrganizerForm, problem: str = "", link: str = "") -> str:
    with runtime().reading() as session:
        everyone = team.everyone(session)
    return render_template("web/team.html", team=everyone, form=form, problem=problem, link=link, zones=ZONES)


@blueprint.post("/team")
@admins_only
def invite() -> str | tuple[str, int]:
    posted = request.form
    form = OrganizerForm(
        name=posted.get("name", "").strip(),
        email=posted.get("email", "").strip(),
        role=Role.ADMIN if posted.get("role") == Role.ADMIN else Role.ORGANIZER,
        language=posted.get("language", "en"),
        zone=posted.get("zone", "").strip() or me().zone,
    )
    try:
        link = organizers.invite(runtime(), form)
    except OrganizerError as error:
        return _page(form, spoken(error.sentence)), 422
    flash(_("%(name)s is invited by mail.", name=form.name))
    return _page(OrganizerForm(name="", email=""), link=link)


@blueprint.post("/team/<organizer_id>/resend")
@admins_only
def resend(organizer_id: OrganizerId) -> str | tuple[str, int]:
    found = _teammate_or_404(organizer_id)
    try:
        link = organizers.invite_again(runtime(), organizer_id)
    except OrganizerError as error:
        return _page(OrganizerForm(name="", email=""), spoken(error.sentence)), 422
    flash(_("%(name)s is invited again by mail.", name=found.name))
    return _page(OrganizerForm(name="", email=""), link=link)


@blueprint.post("/team/<organizer_id>/deactivate")
@admins_only
def deactivate(organizer_id: OrganizerId) -> Response | tuple[str, int]:
    found = _teammate_or_404(organizer_id)
    try:
        organizers.deactivate(runtime(), organizer_id, by=me().id)
    except OrganizerError as error:
        return _page(OrganizerForm(name="", email=""), spoken(error.sentence)), 422
    flash(_("%(name)s can no longer sign in.", name=found.name))
    return redirect(url_for(".index"))


def _teammate_or_404(organizer_id: OrganizerId) -> Teammate:
    with runtime().reading() as session:
        return team.teammate(session, organizer_id) or abort(404)


@blueprint.get("/me")
def profile() -> str:
    mine = _teammate_or_404(me().id)
    return _profile_page(ProfileForm(mine.name, mine.zone, mine.language, mine.signature))


def _profile_page(form: ProfileForm, error: OrganizerError | None = None) -> str:
    return render_template("web/team_me.html", form=form, error=error, zones=ZONES)


@blueprint.post("/me")
def save() -> Response | tuple[str, int]:
    posted = request.form
    form = ProfileForm(
        name=posted.get("name", "").strip(),
        zone=posted.get("zone", "").strip(),
        language=posted.get("language", "en"),
        signature=posted.get("signature", "").strip(),
    )
    try:
        profiles.edit(runtime(), me().id, form)
    except OrganizerError as error:
        return _profile_page(form, error), 422
    flash(_("Saved."))
    return redirect(url_for(".profile"))


@blueprint.post("/me/password")
def ask_password_link() -> Response:
    organizers.ask_reset(runtime(), me().email)
    flash(_("The link is on its way to %(email)s.", email=me().email))
    return redirect(url_for(".profile"))
