"""People: found, added, edited, tagged, asked not to write to, enrolled, imported and exported."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.actions import addresses
from engine.store.audit import AuditEntry
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import EnrollmentState, SuppressionReason
from tests.web.conftest import House


@pytest.fixture
def ana(house: House) -> MemberId:
    return house.town.joins(
        "Ana", last_name="Peña", email="ana@example.org", phone="+12125550123", tags=("gardeners",)
    )


def names(page: str) -> list[str]:
    return re.findall(r'class="row">\s*<strong>([^<]*)</strong>', page)


def test_people_are_found_by_a_word_of_their_name_without_its_accents(
    house: House, organizer: FlaskClient, ana: MemberId
) -> None:
    house.town.joins("Bo", last_name="Reed", email="bo@example.org")
    assert names(organizer.get("/people/?q=pena").text) == ["Ana Peña"]
    assert names(organizer.get("/people/?q=ana+reed").text) == []


def test_people_are_found_by_tag_and_language(house: House, organizer: FlaskClient, ana: MemberId) -> None:
    house.town.joins("Bo", email="bo@example.org", language="es")
    assert names(organizer.get("/people/?tag=gardeners").text) == ["Ana Peña"]
    assert names(organizer.get("/people/?language=es").text) == ["Bo"]


def test_pages_of_people_follow_one_another_and_leave_nobody_out(
    house: House, organizer: FlaskClient
) -> None:
    for number in range(120):
        house.town.joins(f"Neighbor{number}", email=f"n{number}@example.org")
    seen: list[str] = []
    page = organizer.get("/people/").text
    assert "99+ people" in page
    while True:
        seen += names(page)
        more = re.search(r'href="([^"]*after=[^"]*)"', page)
        if not more:
            break
        page = organizer.get(more.group(1).replace("&amp;", "&")).text
    assert len(seen) == len(set(seen)) == 120


def test_a_person_is_added_and_edited(house: House, organizer: FlaskClient) -> None:
    answer = house.submits(organizer, "/people/new", {"first_name": "Bo", "email": "bo@example.org"})
    page = answer.headers["Location"]
    assert "Bo" in organizer.get(page).text
    house.submits(
        organizer, f"{page}/edit", {"first_name": "Beau", "email": "bo@example.org", "language": "es"}
    )
    assert house.only_person().first_name == "Beau"


@pytest.mark.parametrize("typed", [{"first_name": "Bo"}, {"email": "nowhere"}, {"phone": "1"}])
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(
    house: House, organizer: FlaskClient, typed: dict[str, str]
) -> None:
    answer = house.submits(organizer, "/people/new", typed)
    assert answer.status_code == 422
    assert 'class="problem"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in typed.values())
    assert house.count_people() == 0


def test_tags_are_put_on_and_taken_off(house: House, organizer: FlaskClient, ana: MemberId) -> None:
    page = f"/people/{ana}"
    house.submits(organizer, page, {"tag": "Drivers"}, to=f"{page}/tags")
    assert house.town.person(ana).tags == ("drivers", "gardeners")
    house.submits(organizer, page, {"tag": "gardeners"}, to=f"{page}/tags/remove")
    assert house.town.person(ana).tags == ("drivers",)


def test_who_asks_by_voice_is_not_written_to_and_the_page_says_why(
    house: House, organizer: FlaskClient, ana: MemberId
) -> None:
    address = house.town.person(ana).addresses[0]
    page = f"/people/{ana}"
    house.submits(organizer, page, {}, to=f"{page}/addresses/{address.id}/suppress")
    assert house.town.person(ana).addresses[0].suppressed == (SuppressionReason.BY_ORGANIZER,)
    assert "they asked an organizer not to be written to" in organizer.get(page).text


def test_what_was_noted_by_mistake_is_taken_back_and_what_the_member_said_is_not(
    house: House, organizer: FlaskClient, ana: MemberId
) -> None:
    address, page = house.town.person(ana).addresses[0], f"/people/{ana}"
    addresses.suppress(house.rt, address.id, SuppressionReason.STOP)
    house.submits(organizer, page, {}, to=f"{page}/addresses/{address.id}/suppress")
    house.submits(organizer, page, {}, to=f"{page}/addresses/{address.id}/lift")
    assert house.town.person(ana).addresses[0].suppressed == (SuppressionReason.STOP,)


def test_who_missed_the_letter_that_asks_can_tell_an_organizer(
    house: House, visitor: FlaskClient, organizer: FlaskClient
) -> None:
    house.submits(visitor, "/join", {"first_name": "Zoe", "email": "zoe@example.org", "language": "en"})
    zoe = house.only_person()
    sequence, page = house.publishes_welcome(), f"/people/{zoe.id}"
    refused = house.submits(organizer, page, {"sequence": sequence}, to=f"{page}/enroll")
    assert refused.status_code == 302
    assert house.walks(zoe.id) == []
    house.submits(organizer, page, {}, to=f"{page}/addresses/{zoe.addresses[0].id}/agreed")
    house.submits(organizer, page, {"sequence": sequence}, to=f"{page}/enroll")
    assert len(house.walks(zoe.id)) == 1


def test_a_tag_that_is_too_long_is_said(house: House, organizer: FlaskClient, ana: MemberId) -> None:
    before, page = house.town.person(ana).tags, f"/people/{ana}"
    assert house.submits(organizer, page, {"tag": "x" * 61}, to=f"{page}/tags").status_code == 302
    assert house.town.person(ana).tags == before


def test_only_the_persons_own_addresses_can_be_closed_on_their_page(
    house: House, organizer: FlaskClient, ana: MemberId
) -> None:
    bo = house.town.joins("Bo", email="bo@example.org")
    theirs = house.town.person(bo).addresses[0]
    answer = house.submits(
        organizer, f"/people/{ana}", {}, to=f"/people/{ana}/addresses/{theirs.id}/suppress"
    )
    assert answer.status_code == 404
    assert house.town.person(bo).addresses[0].suppressed == ()


def test_one_timeline_tells_all_that_was_said_and_sent(
    house: House, organizer: FlaskClient, ana: MemberId
) -> None:
    house.town.enrolls(house.publishes_welcome(), ana)
    house.town.replies(ana, "What is a buddy?")
    house.town.organizer("Rosa Delgado").answers(ana, "Somebody to walk with.")
    page = organizer.get(f"/people/{ana}").text
    said = [
        "The porch light · hello",
        "What is a buddy?",
        "Somebody to walk with.",
        "agreed to hear from us",
        "Began",
    ]
    assert [words for words in said if words not in page] == []


def test_a_walk_is_begun_paused_resumed_and_ended_by_hand(
    house: House, organizer: FlaskClient, ana: MemberId
) -> None:
    page, sequence = f"/people/{ana}", house.publishes_welcome()
    house.submits(organizer, page, {"sequence": sequence}, to=f"{page}/enroll")
    states = []
    for act in ("pause", "resume", "end"):
        walk = house.walks(ana)[0]
        house.submits(organizer, page, {}, to=f"/walks/{walk.id}/{act}")
        states.append(house.walks(ana)[0].state)
    assert states == [EnrollmentState.PAUSED, EnrollmentState.WALKING, EnrollmentState.ENDED]


def test_nobody_is_there_is_said_as_404(organizer: FlaskClient) -> None:
    assert organizer.get("/people/nobody").status_code == 404


# --- CSV --------------------------------------------------------------------------------------


def upload(house: House, client: FlaskClient, text: str) -> str:
    answer = house.submits(client, "/people/import", {"file": (io.BytesIO(text.encode()), "people.csv")})
    assert answer.status_code == 200
    return answer.text


def confirm(house: House, client: FlaskClient, preview: str) -> str:
    name = re.search(r'name="name" value="(\w+)"', preview)
    assert name
    return house.submits(client, "/people/import", {"name": name.group(1)}, to="/people/import/confirm").text


def test_an_import_is_seen_line_by_line_before_anybody_is_added(house: House, organizer: FlaskClient) -> None:
    text = "first name,email\nAna,ana@example.org\nBo,not an address\nCy,cy@example.org\n"
    preview = upload(house, organizer, text)
    assert "Line 3" in preview
    assert house.count_people() == 0
    confirm(house, organizer, preview)
    assert house.count_people() == 2
    confirm(house, organizer, upload(house, organizer, text))
    assert house.count_people() == 2  # the same file twice adds nobody


def test_another_organizers_upload_cannot_be_confirmed(
    house: House, organizer: FlaskClient, admin: FlaskClient
) -> None:
    preview = upload(house, organizer, "first name,email\nAna,ana@example.org\n")
    confirm(house, admin, preview)
    assert house.count_people() == 0


def test_ten_thousand_rows_are_previewed_and_added(house: House, organizer: FlaskClient) -> None:
    rows = "".join(f"Neighbor{number},n{number}@example.org\n" for number in range(10_000))
    page = confirm(house, organizer, upload(house, organizer, "first name,email\n" + rows))
    assert "10000 people were added" in page.replace(",", "")


def test_trust_T36_no_formula_reaches_the_exported_file(
    house: House, admin: FlaskClient, ana: MemberId
) -> None:
    house.town.joins('=HYPERLINK("http://evil.example")', email="e@example.org", neighborhood="@SUM(A1)")
    answer = house.submits(admin, "/people/", {}, to="/people/export")
    assert answer.mimetype == "text/csv"
    cells = [cell for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))) for cell in row]
    assert '\'=HYPERLINK("http://evil.example")' in cells
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell] == []


def test_an_export_is_for_admins_and_leaves_a_line_in_the_audit(
    house: House, admin: FlaskClient, organizer: FlaskClient
) -> None:
    assert house.submits(organizer, "/people/new", {}, to="/people/export").status_code == 404
    house.submits(admin, "/people/", {}, to="/people/export")
    with house.rt.reading() as session:
        entries = (
            session.execute(select(AuditEntry).where(AuditEntry.act == "members.exported")).scalars().all()
        )
    assert [entry.actor for entry in entries] == [house.admin_id]
