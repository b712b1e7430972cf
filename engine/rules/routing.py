"""Who gets a reply: the spine's rule. Shifts, teams and load come with the organizer's day."""

from dataclasses import dataclass

from engine.vocabulary.ids import OrganizerId


@dataclass(frozen=True, slots=True)
class Candidates:
    """None: there is none, or they are not active."""

    assignee: OrganizerId | None  # who has the conversation already
    organizer: OrganizerId | None  # the member's own


@dataclass(frozen=True, slots=True)
class Route:
    """`organizer_id` None: the queue, for whoever is there."""

    organizer_id: OrganizerId | None
    reason: str


def route(candidates: Candidates) -> Route:
    """Whoever is talking with the member goes on; else the member's own organizer; else the queue."""
    if candidates.assignee is not None:
        return Route(candidates.assignee, "already talking")
    if candidates.organizer is not None:
        return Route(candidates.organizer, "the member's organizer")
    return Route(None, "the queue")
