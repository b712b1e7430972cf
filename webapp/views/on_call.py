"""Who is on call, in which order and by which ways; the community's own words for whoever is in danger."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.actions import on_call
from engine.actions.on_call import CareForm, OnCallError, Turn
from engine.rules.alarm import ENOUGH
from engine.store import on_call as store
from engine.store import team
from engine.store.care import the_care
from engine.store.team import Teammate
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.words import Rotation
from webapp.auth import admins_only, me, runtime
from webapp.speech import _, spoken

blueprint = Blueprint("on_call", __name__, url_prefix="/settings/on-call")


@dataclass(frozen=True)
class _Line:
    """One organizer in the form. `place` from 1; 0: not on call."""

    teammate: Teammate
    place: int
    phone: str
    by_email: bool


@blueprint.get("/")
@admins_only
def index() -> str:
    with runtime().reading() as session:
        care = the_care(session)
        turns = tuple(Turn(each.organizer_id, each.phone, each.by_email) for each in store.roster(session))
    return _page(CareForm(turns, care.rotation, care.holding_on, care.holding_en, care.holding_es))


@blueprint.post("/")
@admins_only
def save() -> Response | tuple[str, int]:
    form = _posted()
    try:
        on_call.edit(runtime(), form, by=me().id)
    except OnCallError as error:
        return _page(form, spoken(error.sentence)), 422
    flash(_("Saved."))
    return redirect(url_for(".index"))


def _posted() -> CareForm:
    posted = request.form
    with runtime().reading() as session:
        here = team.active(session)
    chosen = [(posted.get(f"place-{each.id}", ""), each.id) for each in here]
    order = sorted((int(place), id_) for place, id_ in chosen if place.isdecimal() and 0 < int(place) < 1000)
    return CareForm(
        turns=tuple(_turn(organizer_id) for _place, organizer_id in order),
        rotation=Rotation.AFTER_CLAIM if posted.get("rotation") == Rotation.AFTER_CLAIM else Rotation.WEEKLY,
        holding_on="holding_on" in posted,
        holding_en=posted.get("holding_en", ""),
        holding_es=posted.get("holding_es", ""),
    )


def _turn(organizer_id: OrganizerId) -> Turn:
    phone = request.form.get(f"phone-{organizer_id}", "").strip()
    return Turn(organizer_id, phone, f"email-{organizer_id}" in request.form)


def _page(form: CareForm, problem: str = "") -> str:
    places = {turn.organizer_id: place for place, turn in enumerate(form.turns, 1)}
    turns = {turn.organizer_id: turn for turn in form.turns}
    with runtime().reading() as session:
        here = team.active(session)
    lines = [
        _Line(
            each,
            places.get(each.id, 0),
            turns[each.id].phone if each.id in turns else "",
            turns[each.id].by_email if each.id in turns else True,
        )
        for each in here
    ]
    lines.sort(key=lambda line: (line.place or len(here) + 1, line.teammate.name))
    return render_template("web/on_call.html", form=form, lines=lines, problem=problem, enough=ENOUGH)
