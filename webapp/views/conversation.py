"""One conversation: what was said, what is being answered, and what an organizer can do about it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from markupsafe import escape
from werkzeug.wrappers import Response as BaseResponse

from engine.actions import conversations, strangers
from engine.actions.composing import words_of
from engine.actions.conversations import Changed, ConversationError, ReplyDraft
from engine.content.sms import count
from engine.rules.meanings import Sense
from engine.store import alerts, deliveries, meanings, pauses, people, reach, talks, team
from engine.store.people import Person
from engine.store.talks import Talk
from engine.store.timeline import Entry, timeline
from engine.vocabulary.ids import ConversationId, DeliveryId, MemberId, MessageId, OrganizerId
from engine.vocabulary.words import Channel, Outcome
from webapp.attachments import files_of
from webapp.auth import me, runtime
from webapp.cleaning import FRAME_POLICY, clean_html
from webapp.closed import entries_for_me, require
from webapp.speech import _, ngettext, spoken
from webapp.views.matching import page_of_stranger

blueprint = Blueprint("conversation", __name__, url_prefix="/conversation")

_SNOOZES = ("hour", "tomorrow", "monday")


@blueprint.get("/<talk_id>")
def page(talk_id: ConversationId) -> str:
    return _page(talk_id)


def _page(talk_id: ConversationId, *, typed: str = "", problem: str = "") -> str:
    with runtime().reading() as session:
        talk = talks.talk(session, talk_id) or abort(404)
        if talk.member_id is None:
            return page_of_stranger(talk)
        member = people.person(session, talk.member_id) or abort(404)
        entries = entries_for_me(list(reversed(timeline(session, member.id, limit=60))))
        said = [each.message_id for each in entries if each.message_id]
        files, read = files_of(session, said), meanings.of_messages(session, said)
        usable = [each for each in Channel if reach.to_answer(session, member.id, each)]
        colleagues = team.active(session)
        wishes = pauses.wishes_in(session, talk.id, talk.member_id)
        alert = alerts.to_look_at(session, member.id)
    begins = _begins(entries, talk)
    return render_template(
        "web/conversation.html",
        talk=talk,
        member=member,
        earlier=entries[:begins],
        entries=entries[begins:],
        files=files,
        meanings=read,
        senses=list(Sense),
        answering=words_of(runtime(), talk.answers) if talk.answers else None,
        usable=usable,
        channel=_channel(talk, usable),
        closed_channels=_closed(member, usable),
        colleagues=colleagues,
        snoozes=_SNOOZES,
        wishes=wishes,
        alert=alert,
        typed=typed,
        problem=problem,
    )


def _begins(entries: list[Entry], talk: Talk) -> int:
    """Where this talk begins in the member's timeline; what stands before it is folded away."""
    said = (place for place, entry in enumerate(entries) if entry.conversation_id == talk.id)
    return next(said, 0)


def _channel(talk: Talk, usable: list[Channel]) -> Channel | None:
    """The one the member used last, else one we may use."""
    asked = request.form.get("channel")
    wanted = Channel(asked) if asked in list(Channel) else talk.channel
    return wanted if wanted in usable else (usable[0] if usable else None)


def _closed(member: Person, usable: list[Channel]) -> list[Channel]:
    """Channels the member has an address for that we may not use."""
    return [each for each in Channel if member.address(each) and each not in usable]


@blueprint.post("/<talk_id>/reply")
def reply(talk_id: ConversationId) -> BaseResponse | tuple[str, int]:
    body = request.form.get("body", "")
    close = "close" in request.form
    try:
        draft = ReplyDraft(talk_id, me().id, _asked_channel(), body, _version(), close)
        conversations.reply(runtime(), draft)
    except Changed as changed:
        return _page(talk_id, typed=body, problem=str(changed)), 409
    except ConversationError as error:
        return _page(talk_id, typed=body, problem=spoken(error.sentence)), 422
    flash(
        _("Sent, and closed.")
        if close
        else _("Sent. It comes back when they write, and closes in three days.")
    )
    return redirect(url_for("today.page") if close else url_for(".page", talk_id=talk_id, _anchor="newest"))


def _asked_channel() -> Channel:
    asked = request.form.get("channel", "")
    return Channel(asked) if asked in list(Channel) else abort(400)


def _version() -> int:
    text = request.form.get("seen_version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else abort(400)


@blueprint.post("/<talk_id>/note")
def note(talk_id: ConversationId) -> BaseResponse:
    return _act(
        talk_id, lambda: conversations.note(runtime(), talk_id, me().id, request.form.get("note", ""))
    )


@blueprint.post("/<talk_id>/claim")
def claim(talk_id: ConversationId) -> BaseResponse:
    if not _existing(talk_id) or not conversations.claim(runtime(), talk_id, by=me().id):
        flash(_("Somebody else took it a moment ago."), "error")
    return redirect(url_for(".page", talk_id=talk_id))


@blueprint.post("/<talk_id>/assign")
def assign(talk_id: ConversationId) -> BaseResponse:
    to = OrganizerId(request.form["to"]) if request.form.get("to") else None
    with runtime().reading() as session:
        if to is not None and to not in {each.id for each in team.active(session)}:
            abort(400)
    return _act(talk_id, lambda: conversations.assign(runtime(), talk_id, to, by=me().id))


@blueprint.post("/<talk_id>/snooze")
def snooze(talk_id: ConversationId) -> BaseResponse:
    until = _until(request.form.get("until", "")) or abort(400)
    return _act(talk_id, lambda: conversations.snooze(runtime(), talk_id, until, by=me().id))


def _until(word: str) -> datetime | None:
    """An hour from now, tomorrow or next Monday at nine, by the organizer's own clock."""
    now = runtime().clock.now()
    here = now.astimezone(ZoneInfo(me().zone))
    days = {"tomorrow": 1, "monday": 7 - here.weekday()}
    if word == "hour":
        return now + timedelta(hours=1)
    if word not in days:
        return None
    return datetime.combine(here.date() + timedelta(days=days[word]), time(9), here.tzinfo)


@blueprint.post("/<talk_id>/close")
def close(talk_id: ConversationId) -> BaseResponse:
    asked = request.form.get("outcome", "")
    outcome = Outcome(asked) if asked in list(Outcome) else Outcome.ANSWERED
    return _act(
        talk_id,
        lambda: conversations.close(runtime(), talk_id, outcome, by=me().id),
        onward=url_for("today.page"),
    )


@blueprint.post("/<talk_id>/reopen")
def reopen(talk_id: ConversationId) -> BaseResponse:
    return _act(talk_id, lambda: conversations.reopen(runtime(), talk_id, by=me().id))


def _act(talk_id: ConversationId, act: Callable[[], object], *, onward: str = "") -> BaseResponse:
    if not _existing(talk_id):
        abort(404)
    try:
        act()
    except ConversationError as error:
        flash(spoken(error.sentence), "error")
        onward = ""
    return redirect(onward or url_for(".page", talk_id=talk_id))


def _existing(talk_id: ConversationId) -> bool:
    with runtime().reading() as session:
        return talks.talk(session, talk_id) is not None


@blueprint.post("/<talk_id>/cost")
def cost(talk_id: ConversationId) -> str:
    """What a text would cost, for the line under the composer; empty for an email."""
    body = request.form.get("body", "").strip()
    if not body or request.form.get("channel") != Channel.SMS or not _existing(talk_id):
        return ""
    return ngettext("%(num)s text message", "%(num)s text messages", count(body).segments)


@blueprint.get("/<talk_id>/as-sent/<message_id>")
def as_sent(talk_id: ConversationId, message_id: MessageId) -> Response:
    """A message's own HTML, cleaned, for a sandboxed frame that loads nothing from elsewhere."""
    with runtime().reading() as session:
        require(alerts.raw_of_message(session, message_id))
        found = talks.html_of(session, talk_id, message_id)
    if found is None:
        abort(404)
    return Response(clean_html(found), headers={"Content-Security-Policy": FRAME_POLICY})


@blueprint.get("/<talk_id>/letter/<delivery_id>")
def letter(talk_id: ConversationId, delivery_id: DeliveryId) -> Response:
    """A letter as it was sent to this conversation's member, for a sandboxed frame."""
    with runtime().reading() as session:
        talk = talks.talk(session, talk_id) or abort(404)
        sent = deliveries.answered(session, delivery_id)
    if sent is None or sent.member_id is None or sent.member_id != talk.member_id:
        abort(404)
    shown = words_of(runtime(), sent.id) or abort(404)
    page = shown.html or f"<pre>{escape(shown.text)}</pre>"
    return Response(page, headers={"Content-Security-Policy": FRAME_POLICY})


@blueprint.post("/<talk_id>/match")
def match(talk_id: ConversationId) -> BaseResponse:
    member_id = MemberId(request.form.get("member", ""))
    if not _existing(talk_id):
        abort(404)
    try:
        onward = strangers.match(runtime(), talk_id, member_id, by=me().id)
    except ConversationError as error:
        flash(spoken(error.sentence), "error")
        onward = talk_id
    return redirect(url_for(".page", talk_id=onward))
