"""Who gets a reply."""

from engine.rules.routing import Candidates, Route, route
from engine.vocabulary.ids import OrganizerId

MAYA, SAM = OrganizerId("maya"), OrganizerId("sam")


def test_whoever_is_talking_goes_on() -> None:
    assert route(Candidates(assignee=SAM, organizer=MAYA)) == Route(SAM, "already talking")


def test_else_the_members_own_organizer() -> None:
    assert route(Candidates(assignee=None, organizer=MAYA)).organizer_id == MAYA


def test_else_the_queue() -> None:
    assert route(Candidates(assignee=None, organizer=None)).organizer_id is None
