"""People: the list, one person's page, and what an organizer may do for them."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.actions import addresses, members, signing_up
from engine.actions.members import MemberError, MemberForm
from engine.store import people as store
from engine.store import progress, team
from engine.store.people import PeopleFilter, Person
from engine.store.search import word_hashes
from engine.store.sequences import SequenceKind, SequenceState
from engine.store.timeline import timeline
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId
from engine.vocabulary.words import Channel, SuppressionReason
from webapp.auth import me, runtime
from webapp.closed import entries_for_me
from webapp.speech import _, spoken
from webapp.views.choices import ZONES

blueprint = Blueprint("people", __name__, url_prefix="/people")

PAGE = 50
ENTRIES = 40


@blueprint.get("/")
def index() -> str:
    which = _asked()
    after = request.args.get("after")
    with runtime().reading() as session:
        found = store.people(session, which, MemberId(after) if after else None, PAGE + 1)
        count = store.count_people(session, which)
        tags, languages = store.tags_in_use(session), store.languages_in_use(session)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template(
        "web/people.html", people=found[:PAGE], more=more, count=count, tags=tags, languages=languages
    )


def _asked() -> PeopleFilter:
    return PeopleFilter(
        word_hashes(runtime().keys, request.args.get("q", "")),
        request.args.get("tag", ""),
        request.args.get("language", ""),
    )


@blueprint.get("/new")
def new() -> str:
    return _form_page(MemberForm(), None)


@blueprint.post("/new")
def add() -> Response | tuple[str, int]:
    form = read_form(request.form)
    try:
        member_id = members.add(runtime(), form, how="added", consent_wording=request.form.get("wording", ""))
    except MemberError as error:
        return _form_page(form, None, error), 422
    return redirect(url_for(".page", member_id=member_id))


@blueprint.get("/<member_id>")
def page(member_id: MemberId) -> str:
    before = _moment(request.args.get("before"))
    with runtime().reading() as session:
        found = person_or_404(member_id)
        entries = entries_for_me(timeline(session, member_id, before, ENTRIES + 1))
        walks = progress.walks_of(session, member_id)
        sequences = progress.sequences(session, SequenceKind.SEQUENCE)
    walked = {walk.sequence_id for walk in walks}
    return render_template(
        "web/member.html",
        person=found,
        entries=entries[:ENTRIES],
        earlier=entries[ENTRIES - 1].at.isoformat() if len(entries) > ENTRIES else None,
        walks=walks,
        open_sequences=[
            each for each in sequences if each.state is SequenceState.RUNNING and each.id not in walked
        ],
    )


def person_or_404(member_id: MemberId) -> Person:
    with runtime().reading() as session:
        return store.person(session, member_id) or abort(404)


def _moment(text: str | None) -> datetime | None:
    """A moment from a link of ours; nonsense, or one without a zone, is no moment."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


@blueprint.get("/<member_id>/edit")
def edit(member_id: MemberId) -> str:
    found = person_or_404(member_id)
    return _form_page(_as_form(found), found)


@blueprint.post("/<member_id>/edit")
def save(member_id: MemberId) -> Response | tuple[str, int]:
    found = person_or_404(member_id)
    form = read_form(request.form)
    try:
        members.edit(runtime(), member_id, form, by=me().id)
    except MemberError as error:
        return _form_page(form, found, error), 422
    flash(_("Saved."))
    return redirect(url_for(".page", member_id=member_id))


def read_form(posted: MultiDict[str, str]) -> MemberForm:
    channel = posted.get("channel", "")
    return MemberForm(
        first_name=posted.get("first_name", "").strip(),
        last_name=posted.get("last_name", "").strip(),
        email=posted.get("email", "").strip(),
        phone=posted.get("phone", "").strip(),
        neighborhood=posted.get("neighborhood", "").strip(),
        language=posted.get("language", "en"),
        zone=posted.get("zone", "").strip(),
        channel=Channel(channel) if channel in list(Channel) else None,
        tags=tuple(tag.strip() for tag in posted.get("tags", "").split(",") if tag.strip()),
        organizer_id=OrganizerId(posted["organizer"]) if posted.get("organizer") else None,
    )


def _as_form(found: Person) -> MemberForm:
    return MemberForm(
        first_name=found.first_name,
        last_name=found.last_name,
        email=found.address(Channel.EMAIL),
        phone=found.address(Channel.SMS),
        neighborhood=found.neighborhood,
        language=found.language,
        zone=found.zone,
        channel=found.channel,
        tags=found.tags,
        organizer_id=found.organizer_id,
    )


def _form_page(form: MemberForm, person: Person | None, error: MemberError | None = None) -> str:
    with runtime().reading() as session:
        organizers = team.active(session)
    return render_template(
        "web/member_form.html",
        form=form,
        person=person,
        error=error,
        organizers=organizers,
        zones=ZONES,
    )


@blueprint.post("/<member_id>/tags")
def tag(member_id: MemberId) -> Response:
    person_or_404(member_id)
    name = request.form.get("tag", "").strip()
    try:
        if name:
            members.tag(runtime(), member_id, name)
    except MemberError as error:
        flash(spoken(error.sentence), "error")
    return redirect(url_for(".page", member_id=member_id))


@blueprint.post("/<member_id>/tags/remove")
def untag(member_id: MemberId) -> Response:
    person_or_404(member_id)
    members.untag(runtime(), member_id, request.form.get("tag", ""))
    return redirect(url_for(".page", member_id=member_id))


@blueprint.post("/<member_id>/addresses/<address_id>/suppress")
def asked_not_to_write(member_id: MemberId, address_id: AddressId) -> Response:
    """The member said so by voice; an organizer writes it down."""
    if address_id not in {address.id for address in person_or_404(member_id).addresses}:
        abort(404)
    addresses.suppress(runtime(), address_id, SuppressionReason.BY_ORGANIZER)
    flash(_("Noted: we do not write to this address any more."))
    return redirect(url_for(".page", member_id=member_id))


@blueprint.post("/<member_id>/addresses/<address_id>/agreed")
def told_us(member_id: MemberId, address_id: AddressId) -> Response:
    """The member agreed by voice; the link in our one letter was missed."""
    person_or_404(member_id)
    if signing_up.vouch(runtime(), member_id, address_id, by=me().id):
        flash(_("Noted: they agreed to hear from us at this address."))
    return redirect(url_for(".page", member_id=member_id))


@blueprint.post("/<member_id>/addresses/<address_id>/lift")
def write_again(member_id: MemberId, address_id: AddressId) -> Response:
    """Takes back what an organizer noted, what a bounce closed, and what the machine understood of a wrong
    number or a death; what the member said for themselves only they can lift."""
    if address_id not in {address.id for address in person_or_404(member_id).addresses}:
        abort(404)
    ours = (
        SuppressionReason.BY_ORGANIZER,
        SuppressionReason.HARD_BOUNCE,
        SuppressionReason.WRONG_NUMBER,
        SuppressionReason.DEATH,
    )
    if addresses.lift(runtime(), address_id, *ours, by=me().id):
        flash(_("We may write to this address again."))
    return redirect(url_for(".page", member_id=member_id))
