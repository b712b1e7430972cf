"""The door of the dashboard: signing in, one-time links, and what a hostile visitor meets there."""

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from engine.actions import links, organizers
from engine.store import team
from engine.store.tokens import Purpose
from engine.vocabulary.words import Role
from tests.web.conftest import House, path_of, signed_in
from webapp.app import POLICY

PASSWORD = "the lamp on the corner"
RIGHT_THERE = "/people/"


@pytest.fixture(autouse=True)
def with_password(house: House) -> None:
    link = links.for_organizer(house.rt, Purpose.RESET, house.organizer_id)
    organizers.choose_password(house.rt, link.rsplit("/", 1)[1], PASSWORD)


def signs_in(house: House, client: FlaskClient, password: str = PASSWORD, page: str = "/sign-in") -> str:
    """Where the form leads, or its answer when it leads nowhere."""
    answer = house.submits(client, page, {"email": house.organizer_email, "password": password})
    return answer.location or answer.text


def without_token(page: str) -> str:
    return re.sub(r'(name="csrf[_-]token"[^>]*(?:value|content)=")[^"]+', r"\1", page)


def test_the_right_password_opens_the_dashboard(house: House, visitor: FlaskClient) -> None:
    assert signs_in(house, visitor) == "/"
    assert visitor.get(RIGHT_THERE).status_code == 200


def test_trust_T49_a_wrong_password_and_an_unknown_address_look_alike(
    house: House, visitor: FlaskClient
) -> None:
    answers = [
        house.submits(visitor, "/sign-in", {"email": email, "password": "not it, not it"})
        for email in (house.organizer_email, "nobody@porch.example")
    ]
    assert [each.status_code for each in answers] == [422, 422]
    known, unknown = (without_token(each.text) for each in answers)
    assert known.replace(house.organizer_email, "") == unknown.replace("nobody@porch.example", "")


def test_trust_T49_a_forgotten_password_says_the_same_to_everybody(
    house: House, visitor: FlaskClient
) -> None:
    house.town.settle()
    letters_before = len(house.letters_to(house.organizer_email))
    answers = [
        house.submits(visitor, "/forgotten", {"email": email})
        for email in (house.organizer_email, "nobody@porch.example")
    ]
    assert without_token(answers[0].text) == without_token(answers[1].text)
    house.town.settle()
    assert len(house.letters_to(house.organizer_email)) == letters_before + 1
    assert not house.letters_to("nobody@porch.example")


def test_trust_T38_signing_in_opens_a_fresh_session(house: House, visitor: FlaskClient) -> None:
    with visitor.session_transaction() as session:
        session["_user_id"] = planted = "planted-by-somebody"
    signs_in(house, visitor)
    with visitor.session_transaction() as session:
        assert session["_user_id"] != planted
    assert visitor.get(RIGHT_THERE).status_code == 200


def test_trust_T38_a_cookie_kept_after_signing_out_opens_nothing(house: House, visitor: FlaskClient) -> None:
    signs_in(house, visitor)
    with visitor.session_transaction() as session:
        kept = session["_user_id"]
    house.submits(visitor, RIGHT_THERE, {}, to="/sign-out")
    with visitor.session_transaction() as session:
        session["_user_id"] = kept
    assert visitor.get(RIGHT_THERE).status_code == 302


@pytest.mark.parametrize("wanted", ["/people/", "/letters/?page=2"])
def test_a_visitor_comes_where_they_wanted_to_go(house: House, visitor: FlaskClient, wanted: str) -> None:
    door = visitor.get(wanted).location
    assert signs_in(house, visitor, page=door) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "/%09/evil.example",
        "javascript:alert(1)", "evil.example", "/\t/evil.example", "/\n/evil.example", "%2F%2Fevil.example",
        "\\\\evil.example",
    ],
)  # fmt: skip
def test_trust_T33_nobody_is_led_off_the_site(house: House, visitor: FlaskClient, wanted: str) -> None:
    door = visitor.get("/sign-in", query_string={"next": wanted}).request.full_path
    led = signs_in(house, visitor, page=door)
    browser_reads = led.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    assert browser_reads.startswith("/")
    assert not browser_reads.startswith("//")
    assert not urlsplit(browser_reads).netloc


def test_trust_T19_looking_at_a_one_time_link_uses_nothing_up(house: House, visitor: FlaskClient) -> None:
    link = path_of(organizers.first_link(house.rt, house.admin_id))
    for _look in range(3):
        assert visitor.get(link).status_code == visitor.head(link).status_code == 200
    assert house.submits(visitor, link, {}).location == "/"
    assert house.submits(house.app.test_client(), link, {}).status_code == 410


def test_trust_T19_a_one_time_link_is_over_after_a_quarter_of_an_hour(
    house: House, visitor: FlaskClient
) -> None:
    link = path_of(organizers.first_link(house.rt, house.admin_id))
    house.town.pass_time(minutes=16)
    assert house.submits(visitor, link, {}).status_code == 410


def test_a_new_password_ends_every_other_session(house: House, visitor: FlaskClient) -> None:
    elsewhere = signed_in(house, house.organizer_id)
    link = path_of(links.for_organizer(house.rt, Purpose.RESET, house.organizer_id))
    assert house.submits(visitor, link, {"password": PASSWORD + "!", "again": PASSWORD}).status_code == 422
    assert house.submits(visitor, link, {"password": "short", "again": "short"}).status_code == 422
    changed = {"password": PASSWORD + "!", "again": PASSWORD + "!"}
    assert house.submits(visitor, link, changed).location == "/"
    assert elsewhere.get(RIGHT_THERE).status_code == 302


def test_trust_T34_guessing_is_slowed_for_one_address(house: House, visitor: FlaskClient) -> None:
    tries = [
        house.submits(visitor, "/sign-in", {"email": house.organizer_email, "password": f"guess {n}"})
        for n in range(11)
    ]
    assert [each.status_code for each in tries] == [422] * 10 + [429]


def test_trust_T39_another_host_is_not_answered(visitor: FlaskClient) -> None:
    assert visitor.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/sign-in", "/no-such-page", "/join"])
def test_trust_T37_every_answer_carries_the_policy(visitor: FlaskClient, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_trust_T48_more_than_a_request_may_hold_is_refused(house: House, visitor: FlaskClient) -> None:
    whole = visitor.post("/join", data=b"x" * (31 * 1024 * 1024), content_type="text/plain")
    field = visitor.post("/join", data={"first_name": "x" * (3 * 1024 * 1024)})
    assert whole.status_code == 413
    assert field.status_code in (400, 413)  # an unread form has no token
    assert house.count_people() == 0


def posts(house: House) -> list[Rule]:
    one_click = {"unsubscribe.unsubscribe", "unsubscribe.undo"}  # the link is the permission (RFC 8058)
    return [
        rule
        for rule in house.app.url_map.iter_rules()
        if rule.methods and "POST" in rule.methods and rule.endpoint not in one_click
    ]


def an_address(rule: Rule) -> str:
    return str(rule.build(dict.fromkeys(rule.arguments, "01ARZ3NDEKTSV4RRFFQ69G5FAV"))[1])  # type: ignore[index]


def test_trust_T37_no_form_of_the_whole_site_is_taken_without_its_token(
    house: House, admin: FlaskClient
) -> None:
    answers = {rule.endpoint: admin.post(an_address(rule)).status_code for rule in posts(house)}
    assert len(answers) > 30
    assert {endpoint: code for endpoint, code in answers.items() if code != 400} == {}


def test_a_visitor_sees_nothing_that_is_not_public(house: House, visitor: FlaskClient) -> None:
    public = {
        rule.endpoint
        for rule in house.app.url_map.iter_rules()
        if getattr(house.app.view_functions[rule.endpoint], "is_public", False)
    }
    assert public == {
        "sign_in.form", "sign_in.enter", "sign_in.first", "sign_in.use_first", "sign_in.forgotten",
        "sign_in.ask_reset", "sign_in.password", "sign_in.choose_password", "sign_up.form", "sign_up.join",
        "sign_up.ask", "sign_up.thanks", "sign_up.confirm",
        "unsubscribe.page", "unsubscribe.unsubscribe", "unsubscribe.undo",
    }  # fmt: skip
    for rule in house.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in public | {"static"}:
            answer = visitor.get(an_address(rule))
            assert answer.location.startswith("/sign-in"), rule.endpoint


def test_only_an_admin_invites_and_an_organizer_cannot_make_themself_one(
    house: House, organizer: FlaskClient
) -> None:
    sent = {"name": "Eve", "email": "eve@porch.example", "role": Role.ADMIN.value}
    assert house.submits(organizer, "/me", sent, to="/team").status_code == 404
    house.submits(organizer, "/me", {**sent, "language": "en", "zone": "America/Chicago"})
    with house.rt.reading() as session:
        assert [each.name for each in team.everyone(session) if each.role is Role.ADMIN] == ["Maya Lindqvist"]
