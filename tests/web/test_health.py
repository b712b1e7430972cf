"""Health says in plain words what is wrong, and nothing when nothing is."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from engine.store.health import Pile, Queues
from engine.store.heartbeats import beat
from engine.vocabulary.words import DeliveryState
from tests.web.conftest import House
from webapp.views.health import troubles

NOW = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
NONE = Pile(0, None)
ALIVE: dict[str, float | None] = {"worker": 1.0, "clock": 1.0}


def queues(**other: Pile | dict[DeliveryState, int]) -> Queues:
    piles = {field.name: NONE for field in fields(Queues) if field.name not in ("letters", "stalled")}
    return Queues(**({"letters": {}, "stalled": None} | piles | other))  # type: ignore[arg-type]


def said(found: Queues, silence: dict[str, float | None] = ALIVE) -> str:
    with_words = troubles(found, silence, NOW)
    return " ".join(trouble.what for trouble in with_words)


def test_a_quiet_house_has_no_trouble(house: House, organizer: FlaskClient) -> None:
    with house.rt.transaction() as session:
        beat(session, "worker")
        beat(session, "clock")
    assert "All is well" in organizer.get("/health/").text


def test_a_part_without_a_sign_of_life_is_named(organizer: FlaskClient) -> None:
    page = organizer.get("/health/").text
    assert "the worker shows no sign of life" in page
    assert "the clock shows no sign of life" in page
    assert "porchlight up" in page


def test_what_waits_too_long_is_trouble_and_what_just_came_is_not(
    house: House, organizer: FlaskClient
) -> None:
    with house.app.test_request_context():
        late, fresh = Pile(3, NOW - timedelta(minutes=11)), Pile(3, NOW - timedelta(minutes=1))
        assert "not read yet" in said(queues(unread=late))
        assert "have not left" in said(queues(due_letters=late))
        assert said(queues(unread=fresh, due_letters=fresh, due_walks=fresh, due_timers=fresh)) == ""


def test_stuck_mail_and_unclear_letters_are_trouble(house: House) -> None:
    with house.app.test_request_context():
        assert "could not be read" in said(queues(stuck=Pile(1, NOW)))
        assert "may or may not have arrived" in said(queues(letters={DeliveryState.UNKNOWN: 1}))
