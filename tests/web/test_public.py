"""The public pages: nothing needs a sign-in, nothing changes by looking, and every answer is the same."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engine.actions import addresses, community
from engine.actions.community import CommunityForm
from engine.privacy import tokens
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import ConsentState, SuppressionReason
from tests.web.conftest import House, path_of

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def suppressions(house: House, member: MemberId) -> set[SuppressionReason]:
    return {reason for each in house.town.person(member).addresses for reason in each.suppressed}


@pytest.fixture
def ana(house: House) -> MemberId:
    """Ana reads Spanish, and a letter has come to her."""
    ana = house.town.joins("Ana", email="ana@example.org", language="es")
    house.town.enrolls(house.publishes_welcome(), ana)
    return ana


@pytest.fixture
def link(house: House, ana: MemberId) -> str:
    """The unsubscribe link of Ana's newest letter, as a path."""
    one_click = house.town.mailbox(ana)[-1].one_click
    assert one_click
    return path_of(one_click)


def test_trust_T32_looking_at_the_unsubscribe_page_changes_nothing(
    house: House, visitor: FlaskClient, ana: MemberId, link: str
) -> None:
    assert visitor.get(link).status_code == 200
    assert visitor.head(link).status_code == 200
    assert suppressions(house, ana) == set()


def test_trust_E2_one_click_works_without_cookie_token_or_redirect(
    house: House, visitor: FlaskClient, ana: MemberId, link: str
) -> None:
    answer = visitor.post(link, data=ONE_CLICK)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert suppressions(house, ana) == {SuppressionReason.UNSUBSCRIBED}


def test_trust_E2_one_click_twice_is_once(
    house: House, visitor: FlaskClient, ana: MemberId, link: str
) -> None:
    assert [visitor.post(link, data=ONE_CLICK).status_code for _ in range(2)] == [200, 200]
    assert suppressions(house, ana) == {SuppressionReason.UNSUBSCRIBED}


def test_trust_T52_the_button_of_the_page_unsubscribes_and_can_be_undone_for_seven_days(
    house: House, visitor: FlaskClient, ana: MemberId, link: str
) -> None:
    done = visitor.post(link, follow_redirects=True)
    assert f"{link}/undo" in done.text
    assert suppressions(house, ana) == {SuppressionReason.UNSUBSCRIBED}
    house.town.clock.advance(timedelta(days=6, hours=23))
    visitor.post(f"{link}/undo", follow_redirects=True)
    assert suppressions(house, ana) == set()


def test_trust_T52_after_seven_days_there_is_no_undo(
    house: House, visitor: FlaskClient, ana: MemberId, link: str
) -> None:
    visitor.post(link)
    house.town.clock.advance(timedelta(days=7))
    assert "undo" not in visitor.get(link).text
    visitor.post(f"{link}/undo")
    assert suppressions(house, ana) == {SuppressionReason.UNSUBSCRIBED}


def test_undo_lifts_nothing_but_the_unsubscribe(
    house: House, visitor: FlaskClient, ana: MemberId, link: str
) -> None:
    visitor.post(link)
    (email,) = house.town.person(ana).addresses
    addresses.suppress(house.rt, email.id, SuppressionReason.HARD_BOUNCE)
    visitor.post(f"{link}/undo")
    assert suppressions(house, ana) == {SuppressionReason.HARD_BOUNCE}


def test_every_wrong_link_gets_the_same_calm_page(house: House, visitor: FlaskClient, link: str) -> None:
    somebody = house.rt.ids.new()
    wrong = [
        "/u/nonsense",
        link[:-1] + ("a" if link[-1] != "a" else "b"),
        "/u/" + tokens.make(house.rt.keys, tokens.REPLY, somebody),  # made for another purpose
        "/u/" + tokens.make(house.rt.keys, tokens.UNSUBSCRIBE, somebody),  # of a letter that is gone
    ]
    answers = {(answer.status_code, answer.text) for answer in map(visitor.get, wrong)}
    answers |= {(answer.status_code, answer.text) for answer in (visitor.post(each) for each in wrong)}
    assert len(answers) == 1
    assert "STOP" in answers.pop()[1]


def test_the_unsubscribe_page_speaks_the_language_of_the_letter(visitor: FlaskClient, link: str) -> None:
    assert 'lang="es"' in visitor.get(link, headers={"Accept-Language": "en"}).text


def test_public_pages_need_no_script_and_nothing_from_elsewhere(visitor: FlaskClient, link: str) -> None:
    for page in (link, "/join", "/join/thanks", "/confirm/nonsense"):
        text = visitor.get(page).text
        assert "<script" not in text
        assert not re.search(r'(?:src|href)="https?://', text)


# --- sign-up ----------------------------------------------------------------------------------


def joining(house: House, visitor: FlaskClient, **typed: str) -> tuple[int, str, str]:
    """Signs up; what can be seen from outside: status, where to, and the page there."""
    answer = house.submits(visitor, "/join", {"first_name": "Bo", "language": "en", **typed})
    where = answer.headers.get("Location", "")
    return answer.status_code, where, visitor.get(where).text if where else answer.text


def test_who_signs_up_is_asked_once_more_before_anything_else(house: House, visitor: FlaskClient) -> None:
    joining(house, visitor, email="bo@example.org")
    house.town.settle()
    bo = house.only_person()
    assert [each.consent for each in bo.addresses] == [ConsentState.PENDING]
    (letter,) = house.town.mailbox(bo.id)
    found = re.search(r"/confirm/[\w-]+", letter.text)
    assert found
    confirm = found.group()

    assert visitor.get(confirm).status_code == visitor.head(confirm).status_code == 200
    assert [each.consent for each in house.only_person().addresses] == [ConsentState.PENDING]

    assert house.submits(visitor, confirm, {}).status_code == 200
    assert [each.consent for each in house.only_person().addresses] == [ConsentState.GIVEN]
    assert house.submits(visitor, confirm, {}).status_code == 404  # used up


def test_trust_T49_known_unknown_and_suppressed_addresses_look_alike(
    house: House, visitor: FlaskClient
) -> None:
    house.town.joins("Ana", email="known@example.org")
    gone = house.town.joins("Cy", email="gone@example.org")
    (address,) = house.town.person(gone).addresses
    addresses.suppress(house.rt, address.id, SuppressionReason.STOP)
    seen = {
        joining(house, visitor, email=f"{who}@example.org") for who in ("known", "unknown", "gone", "unknown")
    }
    assert len(seen) == 1


def test_a_machine_in_the_trap_sees_thanks_and_adds_nobody(house: House, visitor: FlaskClient) -> None:
    caught = joining(house, visitor, email="bot@example.org", website="http://spam.example")
    person = joining(house, visitor, email="bo@example.org")
    assert caught == person
    assert house.count_people() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"email": "not an address"}, "email"), ({"phone": "12"}, "phone")],
)
def test_what_cannot_be_an_address_is_said_beside_its_field(
    house: House, visitor: FlaskClient, typed: dict[str, str], field: str
) -> None:
    status, _, page = joining(house, visitor, **typed)
    assert status == 422
    assert f'id="{field}-problem"' in page
    assert house.count_people() == 0


def test_what_cannot_be_an_address_is_said_in_the_language_of_the_page(
    house: House, visitor: FlaskClient
) -> None:
    _, _, page = joining(house, visitor, email="ana", language="es")
    assert "no parece una dirección de correo" in page


def test_a_closed_sign_up_adds_nobody(house: House, visitor: FlaskClient) -> None:
    form = CommunityForm("River Neighbors", "12 Alder Street", sign_up_open=False)
    page = visitor.get("/join")
    community.edit(house.rt, form, by=house.admin_id)
    answer = house.submits(visitor, page, {"first_name": "Bo", "email": "bo@example.org"}, to="/join")
    assert answer.status_code == visitor.get("/join").status_code == 404
    assert house.count_people() == 0


def test_trust_T34_one_visitor_signs_up_only_so_often(house: House, visitor: FlaskClient) -> None:
    statuses = [joining(house, visitor, email=f"bo{number}@example.org")[0] for number in range(12)]
    assert statuses[-1] == 429
    assert house.count_people() <= 10


def test_trust_T37_a_sign_up_from_another_site_is_refused(visitor: FlaskClient) -> None:
    assert visitor.post("/join", data={"email": "bo@example.org"}).status_code == 400


def test_the_sign_up_page_speaks_the_browsers_language_or_the_one_asked_for(visitor: FlaskClient) -> None:
    assert 'lang="es"' in visitor.get("/join", headers={"Accept-Language": "es-MX,es"}).text
    assert 'lang="es"' in visitor.get("/join?language=es", headers={"Accept-Language": "en"}).text
