"""Stuck mail: shown as text, never as a page, and tried again."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from engine.store import raw
from engine.store.base import table_of
from engine.store.raw import KeptRaw, Raw
from engine.vocabulary.ids import RawId
from engine.vocabulary.words import RawKind, RawState
from tests.web.conftest import House

LETTER = (
    b"From: Ana <ana@example.org>\r\nTo: hello@porchlight.example\r\n"
    b"Subject: <script>x()</script>\r\n\r\nHola, se\xc3\xb1ora\r\n"
)


@pytest.fixture
def stuck(house: House) -> RawId:
    """A letter whose reading raised once; by now the fault is mended."""
    kept = KeptRaw("stuck-1", RawKind.EMAIL, "postoffice", LETTER, house.rt.clock.now(), "ana@example.org")
    raw_id = RawId(house.rt.ids.new())
    with house.rt.transaction() as session:
        raw.keep(session, raw_id, kept)
        session.execute(
            update(table_of(Raw)).values(state=RawState.STUCK, tries=1, problem="RecursionError in parse")
        )
    return raw_id


def stuck_now(house: House) -> int:
    with house.rt.reading() as session:
        return len(raw.stuck(session))


def test_stuck_mail_is_listed_with_what_went_wrong(organizer: FlaskClient, stuck: RawId) -> None:
    page = organizer.get("/stuck/").text
    assert "RecursionError in parse" in page
    assert "tried once" in page


def test_the_source_is_shown_as_text_and_nothing_of_it_runs(organizer: FlaskClient, stuck: RawId) -> None:
    page = organizer.get(f"/mail/{stuck}").text
    assert "&lt;script&gt;x()" in page
    assert "<script>x()" not in page
    assert "Hola, señora" in page


def test_one_mail_is_tried_again(house: House, organizer: FlaskClient, stuck: RawId) -> None:
    house.submits(organizer, f"/stuck/{stuck}", {}, to=f"/stuck/{stuck}/retry")
    assert stuck_now(house) == 0


def test_all_are_tried_again(house: House, organizer: FlaskClient, stuck: RawId) -> None:
    house.submits(organizer, "/stuck/", {}, to="/stuck/retry")
    assert stuck_now(house) == 0
