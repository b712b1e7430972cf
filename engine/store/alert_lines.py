"""Alerts as organizers see them: whose they are, who has them, what was done."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.store import alerts, members, pauses, reach
from engine.store.alerts import Alert, Deed
from engine.store.organizers import Organizer
from engine.vocabulary.ids import AlertId, ConversationId


@dataclass(frozen=True)
class AlertLine:
    alert: Alert
    names: str  # of everybody whose address it is: a phone may be shared
    claimed_by: str
    stands: bool  # nothing automatic goes to them
    talk_id: ConversationId | None
    not_taken: int  # calls that did not arrive
    history: list[Deed]


def unresolved(session: Session) -> list[AlertLine]:
    return [_line(session, each) for each in alerts.unresolved(session)]


def resolved(session: Session) -> list[AlertLine]:
    return [_line(session, each) for each in alerts.latest_resolved(session)]


def line(session: Session, alert_id: AlertId) -> AlertLine:
    return _line(session, session.get_one(Alert, alert_id))


def _line(session: Session, alert: Alert) -> AlertLine:
    claimer = session.get(Organizer, alert.claimed_by) if alert.claimed_by else None
    return AlertLine(
        alert=alert,
        names=_names(session, alert),
        claimed_by=claimer.name if claimer else "",
        stands=bool(pauses.standing_of_words(session, alert.raw_id)),
        talk_id=alerts.conversation_of(session, alert.raw_id),
        not_taken=alerts.calls_not_taken(session, alert.id),
        history=alerts.history(session, alert.id),
    )


def _names(session: Session, alert: Alert) -> str:
    owners = reach.members_of(session, alert.address_id) if alert.address_id else []
    found = members.first_names(session, owners)
    return ", ".join(found[each] for each in owners if found.get(each))
