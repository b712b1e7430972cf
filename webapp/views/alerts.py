"""Alerts: who waits, how long, who is called next and when; taking one, ending it, letting letters go on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.actions import alerts as actions
from engine.actions.alerts import AlertError
from engine.rules.alarm import Round, round_of
from engine.store import alert_lines, alerts, on_call
from engine.store.alert_lines import AlertLine
from engine.store.alerts import Alert
from engine.vocabulary.ids import AlertId
from engine.vocabulary.meanings import Crisis
from webapp.auth import me, runtime
from webapp.speech import _, spoken

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")


@dataclass(frozen=True)
class _Shown:
    """One alert as its reader sees it. `next_round` is None once somebody has it."""

    line: AlertLine
    open_to_me: bool
    minutes: int
    next_round: Round | None

    @property
    def alert(self) -> Alert:
        return self.line.alert

    @property
    def name(self) -> str:
        return self.line.names if self.open_to_me else ""


@blueprint.get("/")
def index() -> str:
    with runtime().reading() as session:
        may_see = alerts.may_see(session, me().id)
        shown = [_shown(each, may_see) for each in alert_lines.unresolved(session)]
        over = [_shown(each, may_see) for each in alert_lines.resolved(session)]
        count = on_call.size(session)
    return render_template("web/alerts.html", shown=shown, over=over, on_call=count)


@blueprint.get("/<alert_id>")
def page(alert_id: AlertId) -> str:
    try:
        actions.view(runtime(), alert_id, by=me().id)
    except (AlertError, LookupError):
        abort(404)
    with runtime().reading() as session:
        shown = _shown(alert_lines.line(session, alert_id), may_see=True)
    return render_template("web/alert.html", shown=shown)


@blueprint.post("/<alert_id>/claim")
def claim(alert_id: AlertId) -> Response:
    def act() -> None:
        if not actions.claim(runtime(), alert_id, by=me().id):
            flash(_("Somebody else took it a moment ago."), "error")

    return _done(alert_id, act)


@blueprint.post("/<alert_id>/resolve")
def resolve(alert_id: AlertId) -> Response:
    return _done(alert_id, lambda: actions.resolve(runtime(), alert_id, by=me().id))


@blueprint.post("/<alert_id>/resume")
def resume(alert_id: AlertId) -> Response:
    return _done(alert_id, lambda: actions.resume(runtime(), alert_id, by=me().id))


def _done(alert_id: AlertId, act: Callable[[], None]) -> Response:
    try:
        act()
    except LookupError:
        abort(404)
    except AlertError as error:
        flash(spoken(error.sentence), "error")
        return redirect(url_for(".index"))
    return redirect(url_for(".page", alert_id=alert_id))


def _shown(line: AlertLine, may_see: bool) -> _Shown:
    alert = line.alert
    waits_until = alert.claimed_at or runtime().clock.now()
    return _Shown(
        line=line,
        open_to_me=may_see or alert.severity is Crisis.DISTRESS,
        minutes=(waits_until - alert.opened_at) // timedelta(minutes=1),
        next_round=round_of(alert.rounds) if alert.next_round_at else None,
    )
