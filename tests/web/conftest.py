"""The dashboard over a town in simulated time, with an admin, an organizer and a visitor at its door."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.actions import organizers
from engine.gateways.postoffice import Mailbox
from engine.runtime import Runtime
from engine.store import people, progress, team
from engine.store.people import PeopleFilter, Person
from engine.store.progress import Walk
from engine.store.team import Teammate
from engine.vocabulary.ids import MemberId, OrganizerId, SequenceId
from engine.vocabulary.words import Channel, Role
from webapp.app import create_app
from webapp.auth import limiter
from webapp.town.letters import Mail, mails
from webapp.town.simulated import Town

WELCOME = """---
Title: The porch light
Language: en
---
## hello
When: right away
Subject: {{ first_name or "Friend" }}, the porch light is on

What is one thing on *your* street you would love to fix?

### text
Hi {{ first_name or "friend" }}, what would you love to fix on your street?

### replies
- buddy: go to buddy
- anything else: a person answers, then go to buddy

## buddy
When: next Saturday, at 10:00
Only for: people who have not replied
Subject: May I introduce you to someone?

Another neighbor near {{ neighborhood }} joined this month.
"""


@dataclass(frozen=True)
class House:
    """A town, its dashboard, and what tests ask of both."""

    town: Town
    app: Flask
    admin_id: OrganizerId
    organizer_id: OrganizerId

    @property
    def rt(self) -> Runtime:
        return self.town.rt

    @property
    def admin_email(self) -> str:
        return self._teammate(self.admin_id).email

    @property
    def organizer_email(self) -> str:
        return self._teammate(self.organizer_id).email

    def submits(
        self,
        client: FlaskClient,
        page: str | TestResponse,
        typed: Mapping[str, object],
        to: str | None = None,
    ) -> TestResponse:
        """Opens the page, fills in its form with its CSRF token, and sends it (there, or to `to`)."""
        shown = client.get(page) if isinstance(page, str) else page
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown.text)
        action = to or (page if isinstance(page, str) else None)
        assert action
        return client.post(action, data={"csrf_token": token.group(1) if token else "", **typed})

    def publishes_welcome(self) -> SequenceId:
        return self.town.publishes({"welcome": WELCOME})

    def count_people(self) -> int:
        with self.rt.reading() as session:
            return people.count_people(session, PeopleFilter(), cap=100_000)

    def only_person(self) -> Person:
        with self.rt.reading() as session:
            (row,) = people.people(session, PeopleFilter())
        return self.town.person(row.id)

    def walks(self, member: MemberId) -> list[Walk]:
        with self.rt.reading() as session:
            return progress.walks_of(session, member)

    def teammate(self, name: str) -> Teammate:
        with self.rt.reading() as session:
            (found,) = (each for each in team.everyone(session) if each.name == name)
        return found

    def letters_to(self, email: str) -> list[Mail]:
        """The oldest first."""
        return list(reversed(mails(Mailbox.of(self.rt.settings.postoffice, Channel.EMAIL, email))))

    def _teammate(self, organizer_id: OrganizerId) -> Teammate:
        with self.rt.reading() as session:
            found = team.teammate(session, organizer_id)
        assert found
        return found


def path_of(link: str) -> str:
    return urlsplit(link).path


@pytest.fixture
def house(tmp_path: Path) -> House:
    town = Town.at(tmp_path)
    admin = town.organizer("Maya Lindqvist", Role.ADMIN)
    organizer = town.organizer("Rosa Delgado")
    app = create_app(town.rt)
    limiter.reset()
    app.testing = True
    return House(town, app, admin.id, organizer.id)


@pytest.fixture
def visitor(house: House) -> FlaskClient:
    return house.app.test_client()


@pytest.fixture
def organizer(house: House) -> FlaskClient:
    return signed_in(house, house.organizer_id)


@pytest.fixture
def admin(house: House) -> FlaskClient:
    return signed_in(house, house.admin_id)


def signed_in(house: House, organizer_id: OrganizerId) -> FlaskClient:
    client = house.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = organizers.sign_in(house.rt, organizer_id)
    return client
