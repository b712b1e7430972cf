"""Held sending is said on every page and only an admin lets it go; proxies are believed as far as told."""

from dataclasses import replace

import pytest
from flask import request
from flask.testing import FlaskClient

from engine.actions import receipts
from engine.runtime import Runtime
from engine.store import holds
from engine.vocabulary.words import Channel, HoldReason
from tests.web.conftest import House
from webapp.app import create_app


def held(house: House) -> list[Channel]:
    with house.rt.reading() as session:
        return [each.channel for each in holds.standing(session)]


def test_every_page_says_what_is_held_and_an_admin_releases_it(house: House, admin: FlaskClient) -> None:
    receipts.hold(house.rt, Channel.EMAIL, HoldReason.REFUSED_STREAM, "the dot: 550 5.7.515 Access denied")
    for page in ("/", "/people/", "/health/"):
        text = admin.get(page, follow_redirects=True).text
        assert "No email is sent now." in text
        assert "550 5.7.515 Access denied" in text
    house.submits(admin, "/health/", {}, to="/sending/email/release")
    assert held(house) == []
    assert "No email is sent now." not in admin.get("/health/").text


def test_an_organizer_sees_it_and_cannot_release_it(house: House, organizer: FlaskClient) -> None:
    receipts.hold(house.rt, Channel.SMS, HoldReason.BY_ADMIN)
    page = organizer.get("/health/").text
    assert "No texts are sent now." in page
    assert "An admin can release it." in page
    assert house.submits(organizer, "/me", {}, to="/sending/sms/release").status_code == 404
    assert held(house) == [Channel.SMS]


def test_an_admin_holds_a_channel_by_a_button(house: House, admin: FlaskClient) -> None:
    house.submits(admin, "/settings/", {}, to="/sending/sms/hold")
    assert held(house) == [Channel.SMS]
    assert house.submits(admin, "/settings/", {}, to="/sending/pigeons/hold").status_code == 404


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_a_visitor_is_whom_so_many_trusted_proxies_say(rt: Runtime, proxies: int, seen: str) -> None:
    app = create_app(replace(rt, settings=replace(rt.settings, trusted_proxies=proxies)))
    told = []
    app.before_request(lambda: told.append(request.remote_addr))
    app.test_client().get("/sign-in", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    assert told == [seen]
