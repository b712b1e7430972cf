"""Words of somebody in danger: only the people on call and admins read them, and who did is written down."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flask import abort

from engine.actions import alerts as actions
from engine.store import alerts
from engine.store.talks import Inbound
from engine.store.timeline import Entry
from engine.vocabulary.ids import RawId
from webapp.auth import me, runtime
from webapp.speech import _


def entries_for_me(entries: Sequence[Entry]) -> list[Entry]:
    """As they are for whoever may read them all."""
    hidden = _hidden([entry.raw_id for entry in entries])
    return [_covered(entry) if entry.raw_id in hidden else entry for entry in entries]


def messages_for_me(messages: Sequence[Inbound]) -> list[Inbound]:
    hidden = _hidden([each.raw_id for each in messages])
    return [
        replace(each, body=_instead(), body_full="", subject="", html=False, raw_id=None)
        if each.raw_id in hidden
        else each
        for each in messages
    ]


def require(raw_id: RawId | None) -> None:
    """What one may not see is not there."""
    if _hidden([raw_id]):
        abort(404)


def _hidden(raw_ids: Iterable[RawId | None]) -> set[RawId]:
    """Of these, what the organizer who asks may not read. What they may read and is closed to others, they
    have read now."""
    asked = {each for each in raw_ids if each is not None}
    with runtime().reading() as session:
        found = alerts.closed_words(session, asked)
        may_see = bool(found) and alerts.may_see(session, me().id)
    if not may_see:
        return set(found)
    for alert_id in found.values():
        actions.view(runtime(), alert_id, by=me().id)
    return set()


def _covered(entry: Entry) -> Entry:
    return replace(entry, words=_instead(), title="", html=False, raw_id=None, message_id=None)


def _instead() -> str:
    return _("Somebody may be in danger. Only the people on call and admins read these words.")
