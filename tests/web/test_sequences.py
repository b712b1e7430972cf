"""Sequences are read, previewed, enrolled into, paused and published; letters are counted, tested, sent."""

import re

import pytest
from flask.testing import FlaskClient

from engine.store import progress
from engine.store.sequences import SequenceKind, SequenceState
from engine.vocabulary.ids import MemberId, SequenceId
from engine.vocabulary.words import EnrollmentState
from tests.web.conftest import WELCOME, House

BROKEN = WELCOME.replace("When: right away", "Wen: right away")


@pytest.fixture
def ana(house: House) -> MemberId:
    return house.town.joins("Ana", email="ana@example.org", tags=("gardeners",))


@pytest.fixture
def welcome(house: House) -> SequenceId:
    return house.publishes_welcome()


def state(house: House, sequence: SequenceId) -> SequenceState:
    with house.rt.reading() as session:
        found = progress.sequence(session, sequence)
    assert found
    return found.state


def test_the_path_of_silence_reads_as_a_list(organizer: FlaskClient, welcome: SequenceId) -> None:
    page = organizer.get(f"/sequences/{welcome}").text
    assert re.findall(r"<h3[^>]*>([^<]*)</h3>", page)[1] == "May I introduce you to someone?"
    for words in ("right away", "next Saturday", "a person answers", "people who have not replied"):
        assert words in page


def test_the_list_counts_who_walks(
    house: House, organizer: FlaskClient, welcome: SequenceId, ana: MemberId
) -> None:
    house.town.enrolls(welcome, ana)
    assert "One walking" in organizer.get("/sequences/").text


def test_a_letter_is_previewed_in_a_frame_that_may_do_nothing(
    organizer: FlaskClient, welcome: SequenceId, ana: MemberId
) -> None:
    page = organizer.get(f"/sequences/{welcome}/preview?member={ana}").text
    assert re.search(r"<iframe[^>]* sandbox[ >]", page)
    frame = organizer.get(f"/sequences/{welcome}/preview/hello.html?member={ana}")
    assert "love to fix" in frame.text
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_previews_send_nothing(
    house: House, organizer: FlaskClient, welcome: SequenceId, ana: MemberId
) -> None:
    organizer.get(f"/sequences/{welcome}/preview?member={ana}")
    house.town.settle()
    assert house.town.mailbox(ana) == []


def test_everybody_with_a_tag_is_enrolled_once(
    house: House, organizer: FlaskClient, welcome: SequenceId, ana: MemberId
) -> None:
    page = f"/sequences/{welcome}"
    for _ in range(2):
        house.submits(organizer, page, {"tag": "Gardeners"}, to=f"{page}/enroll")
    assert [walk.state for walk in house.walks(ana)] == [EnrollmentState.WALKING]


def test_only_an_admin_pauses_and_resumes(
    house: House, organizer: FlaskClient, admin: FlaskClient, welcome: SequenceId
) -> None:
    page = f"/sequences/{welcome}"
    assert house.submits(organizer, page, {"tag": "x"}, to=f"{page}/pause").status_code == 404
    house.submits(admin, page, {}, to=f"{page}/pause")
    assert state(house, welcome) is SequenceState.PAUSED
    house.submits(admin, page, {}, to=f"{page}/resume")
    assert state(house, welcome) is SequenceState.RUNNING


def test_a_file_is_published_by_an_admin(house: House, admin: FlaskClient, organizer: FlaskClient) -> None:
    assert organizer.get("/sequences/publish").status_code == 404
    pasted = {"name-1": "welcome", "text-1": WELCOME, "act": "publish"}
    answer = house.submits(admin, "/sequences/publish", pasted)
    assert "The porch light" in admin.get(answer.headers["Location"]).text


def test_checking_publishes_nothing(house: House, admin: FlaskClient) -> None:
    pasted = {"name-1": "welcome", "text-1": WELCOME, "act": "check"}
    assert house.submits(admin, "/sequences/publish", pasted).status_code == 200
    with house.rt.reading() as session:
        assert progress.sequences(session, SequenceKind.SEQUENCE) == []


def test_mistakes_stand_at_their_lines_and_the_text_stays(house: House, admin: FlaskClient) -> None:
    pasted = {"name-1": "welcome", "text-1": BROKEN, "act": "publish"}
    answer = house.submits(admin, "/sequences/publish", pasted)
    line = BROKEN.splitlines().index("Wen: right away") + 1
    assert answer.status_code == 422
    assert f"Line {line}" in answer.text
    assert "Wen: right away" in answer.text


def test_mistakes_are_told_in_the_organizers_language(house: House, admin: FlaskClient) -> None:
    house.submits(admin, "/me", {"name": "Maya", "zone": "America/Chicago", "language": "es"})
    answer = house.submits(admin, "/sequences/publish", {"name-1": "x", "text-1": BROKEN, "act": "publish"})
    assert "No hay ningún ajuste llamado «Wen»" in answer.text
    assert "¿Querías decir «When»?" in answer.text


# --- one-off letters ---------------------------------------------------------------------------

BENCH = {
    "subject": "The bench is up",
    "body": "Come and sit.",
    "text": "The bench is up!",
    "audience": "everyone",
}


def written(house: House, admin: FlaskClient) -> str:
    answer = house.submits(admin, "/letters/new", {**BENCH, "language": "en"})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_a_letter_goes_out_only_with_the_number_of_people_confirmed(
    house: House, admin: FlaskClient, ana: MemberId
) -> None:
    page = written(house, admin)
    house.submits(admin, page, {"confirmed": "2"}, to=f"{page}/send")
    house.town.settle()
    assert house.town.mailbox(ana) == []
    house.submits(admin, page, {"confirmed": "1"}, to=f"{page}/send")
    house.town.settle()
    assert [mail.subject for mail in house.town.mailbox(ana)] == ["The bench is up"]


def test_a_test_goes_to_myself_alone(house: House, admin: FlaskClient, ana: MemberId) -> None:
    page = written(house, admin)
    house.submits(admin, page, {}, to=f"{page}/test")
    house.town.settle()
    assert house.town.mailbox(ana) == []
    assert "The bench is up" in house.letters_to(house.admin_email)[-1].subject


def test_a_letter_thrown_away_cannot_be_sent(house: House, admin: FlaskClient, ana: MemberId) -> None:
    page = written(house, admin)
    house.submits(admin, page, {}, to=f"{page}/cancel")
    house.submits(admin, page, {"confirmed": "1"}, to=f"{page}/send")
    house.town.settle()
    assert house.town.mailbox(ana) == []


def test_a_letter_for_nobody_we_know_how_to_name_is_sent_back_with_what_was_typed(
    house: House, admin: FlaskClient
) -> None:
    answer = house.submits(admin, "/letters/new", {**BENCH, "audience": "the usual suspects"})
    assert answer.status_code == 422
    assert "Come and sit." in answer.text
    assert 'class="mistakes"' in answer.text


def test_organizers_read_letters_and_do_not_write_them(
    house: House, admin: FlaskClient, organizer: FlaskClient
) -> None:
    page = written(house, admin)
    assert organizer.get(page).status_code == 200
    assert organizer.get("/letters/new").status_code == 404
