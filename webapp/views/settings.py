"""What the community decided about itself; and the way out of the sample town."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.actions import community
from engine.actions.community import CommunityError, CommunityForm
from engine.store.community import the_community
from webapp.auth import admins_only, me, runtime
from webapp.speech import _
from webapp.town.leaving import sweep_postoffice
from webapp.views.choices import ZONES

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("/")
@admins_only
def index() -> str:
    with runtime().reading() as session:
        row = the_community(session)
        form = CommunityForm(
            name=row.name,
            postal_address=row.postal_address,
            language=row.language,
            zone=row.zone,
            opens=row.opens,
            closes=row.closes,
            sign_up_open=row.sign_up_open,
        )
    return _page(form)


@blueprint.post("/")
@admins_only
def save() -> Response | tuple[str, int]:
    posted = request.form
    form = CommunityForm(
        name=posted.get("name", "").strip(),
        postal_address=posted.get("postal_address", "").strip(),
        language=posted.get("language", "en"),
        zone=posted.get("zone", "").strip(),
        opens=posted.get("opens", ""),
        closes=posted.get("closes", ""),
        sign_up_open="sign_up_open" in posted,
    )
    try:
        community.edit(runtime(), form, by=me().id)
    except CommunityError as error:
        return _page(form, error), 422
    flash(_("Saved."))
    return redirect(url_for(".index"))


def _page(form: CommunityForm, error: CommunityError | None = None) -> str:
    with runtime().reading() as session:
        sample = the_community(session).sample
    return render_template("web/settings.html", form=form, error=error, sample=sample, zones=ZONES)


@blueprint.post("/leave-sample-town")
@admins_only
def leave_sample_town() -> Response:
    community.leave_sample_town(runtime(), by=me().id)
    sweep_postoffice(runtime().settings)
    flash(_("The sample town is gone. This is your community now."))
    return redirect(url_for(".index"))
