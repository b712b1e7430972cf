"""Each page by each role, and no form without its token."""

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import House

EVERYBODY = [
    "/people/",
    "/people/new",
    "/people/import",
    "/sequences/",
    "/letters/",
    "/me",
    "/stuck/",
    "/health/",
    "/alerts/",
]
ADMINS = ["/settings/", "/team", "/letters/new", "/sequences/publish", "/settings/on-call/"]
PUBLIC = ["/join", "/join/thanks", "/confirm/nonsense"]
POSTS = [
    "/people/new", "/people/import", "/people/import/confirm", "/people/export", "/settings/",
    "/settings/leave-sample-town", "/team", "/me", "/me/password", "/stuck/retry", "/letters/new",
    "/sequences/publish", "/join", "/confirm/nonsense", "/settings/on-call/", "/alerts/nonsense/claim",
    "/alerts/nonsense/resolve", "/alerts/nonsense/resume", "/conversation/nonsense/they-want-to-stop",
    "/conversation/nonsense/they-want-to-stay",
]  # fmt: skip


@pytest.mark.parametrize("page", EVERYBODY)
def test_pages_for_organizers(
    page: str, visitor: FlaskClient, organizer: FlaskClient, admin: FlaskClient
) -> None:
    assert visitor.get(page).status_code in (302, 401)
    assert organizer.get(page).status_code == admin.get(page).status_code == 200


@pytest.mark.parametrize("page", ADMINS)
def test_pages_for_admins(
    page: str, visitor: FlaskClient, organizer: FlaskClient, admin: FlaskClient
) -> None:
    assert visitor.get(page).status_code in (302, 401)
    assert organizer.get(page).status_code == 404
    assert admin.get(page).status_code == 200


@pytest.mark.parametrize("page", PUBLIC)
def test_pages_for_everybody(page: str, visitor: FlaskClient) -> None:
    assert visitor.get(page).status_code == 200


@pytest.mark.parametrize("form", POSTS)
def test_trust_T37_no_form_is_taken_without_its_token(form: str, house: House, admin: FlaskClient) -> None:
    assert admin.post(form, data={"first_name": "Bo", "email": "bo@example.org"}).status_code == 400
    assert house.count_people() == 0
