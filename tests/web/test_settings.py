"""Settings, the team, and one's own profile."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from engine.store import team
from engine.store.base import table_of
from engine.store.community import the_community
from engine.store.members import Member
from engine.vocabulary.words import Role
from tests.web.conftest import House

COMMUNITY = {
    "name": "Creek Neighbors",
    "postal_address": "1 Mill Road, Riverbend",
    "language": "es",
    "zone": "America/Chicago",
    "opens": "10:00",
    "closes": "19:00",
}


def test_an_admin_changes_what_the_community_says_of_itself(house: House, admin: FlaskClient) -> None:
    house.submits(admin, "/settings/", COMMUNITY)
    with house.rt.reading() as session:
        row = the_community(session)
    assert (row.name, row.zone, row.opens, row.sign_up_open) == (
        "Creek Neighbors",
        "America/Chicago",
        "10:00",
        False,
    )


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"postal_address": ""}, {"zone": "Mars/Base"}, {"opens": "late"}]
)
def test_a_wrong_setting_is_said_and_nothing_is_changed(
    house: House, admin: FlaskClient, wrong: dict[str, str]
) -> None:
    answer = house.submits(admin, "/settings/", COMMUNITY | wrong)
    assert answer.status_code == 422
    with house.rt.reading() as session:
        assert the_community(session).name == "River Neighbors"


def test_the_community_need_not_be_a_sample_to_have_settings(admin: FlaskClient) -> None:
    assert "leave-sample-town" not in admin.get("/settings/").text


def test_the_sample_town_is_left_with_its_people_and_its_post_office(
    house: House, admin: FlaskClient
) -> None:
    house.town.joins("Ana", email="ana@example.org")
    with house.rt.transaction() as session:
        the_community(session).sample = True
        session.execute(update(table_of(Member)).values(sample=True))
    house.rt.settings.postoffice.mkdir(exist_ok=True)
    house.submits(admin, "/settings/", {}, to="/settings/leave-sample-town")
    assert house.count_people() == 0
    assert not house.rt.settings.postoffice.exists()
    assert "leave-sample-town" not in admin.get("/settings/").text


def test_an_organizer_is_invited_and_deactivated(house: House, admin: FlaskClient) -> None:
    invited = {"name": "Lupe Ortiz", "email": "lupe@example.org", "role": "organizer", "language": "es"}
    house.submits(admin, "/team", invited)
    house.town.settle()
    lupe = house.teammate("Lupe Ortiz")
    assert (lupe.role, lupe.active, lupe.invited) == (Role.ORGANIZER, True, True)
    assert "invitation" in house.letters_to("lupe@example.org")[-1].text
    house.submits(admin, "/team", {}, to=f"/team/{lupe.id}/deactivate")
    assert not house.teammate("Lupe Ortiz").active


def test_an_invitation_is_sent_again(house: House, admin: FlaskClient) -> None:
    house.submits(admin, "/team", {"name": "Lupe", "email": "lupe@example.org"})
    house.submits(admin, "/team", {}, to=f"/team/{house.teammate('Lupe').id}/resend")
    house.town.settle()
    assert len(house.letters_to("lupe@example.org")) == 2


def test_the_last_admin_cannot_go(house: House, admin: FlaskClient) -> None:
    answer = house.submits(admin, "/team", {}, to=f"/team/{house.admin_id}/deactivate")
    assert answer.status_code == 422
    with house.rt.reading() as session:
        found = team.teammate(session, house.admin_id)
    assert found
    assert found.active


def test_everybody_keeps_their_own_profile(house: House, organizer: FlaskClient) -> None:
    mine = {"name": "Rosa D.", "zone": "America/Chicago", "language": "es", "signature": "Rosa, Mill Road"}
    house.submits(organizer, "/me", mine)
    assert house.teammate("Rosa D.").signature == "Rosa, Mill Road"
    assert house.submits(organizer, "/me", mine | {"zone": "Mars/Base"}).status_code == 422


def test_a_new_password_comes_by_mail(house: House, organizer: FlaskClient) -> None:
    house.submits(organizer, "/me", {}, to="/me/password")
    house.town.settle()
    assert "/reset/" in house.letters_to(house.organizer_email)[-1].text
