"""Every page is behind the door, but for those that say they are public."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from engine.runtime import Runtime
from webapp.app import create_app

PUBLIC_ROOMS = {"sign_in", "sign_up", "unsubscribe"}  # blueprints; a new one is a decision, made here


@pytest.fixture
def app(rt: Runtime) -> Flask:
    made = create_app(rt)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return made


def is_public(app: Flask, rule: Rule) -> bool:
    return bool(getattr(app.view_functions[rule.endpoint], "is_public", False))


def guarded(app: Flask) -> list[Rule]:
    return [
        rule for rule in app.url_map.iter_rules() if rule.endpoint != "static" and not is_public(app, rule)
    ]


def address_of(app: Flask, rule: Rule) -> str:
    """The rule with something in each of its places: whether it is there is not asked before the door."""
    filled = {name: _something(rule, name) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, filled)


def _something(rule: Rule, name: str) -> object:
    for value in ("0", 0, "en"):
        try:
            rule._converters[name].to_url(value)
        except (ValueError, TypeError):
            continue
        return value
    raise AssertionError(f"No value fits {name} of {rule}.")


def test_a_stranger_is_led_to_the_sign_in_page_from_every_guarded_route(app: Flask) -> None:
    stranger, open_doors = app.test_client(), []
    for rule in guarded(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = stranger.open(address_of(app, rule), method=method)
            if answer.status_code not in (301, 302, 303) or "/sign-in" not in answer.headers["Location"]:
                open_doors.append(f"{method} {rule} answers {answer.status}")
    assert not open_doors, "\n".join(open_doors)


def test_only_signing_in_signing_up_and_unsubscribing_are_public(app: Flask) -> None:
    rooms = {rule.endpoint.split(".")[0] for rule in app.url_map.iter_rules() if is_public(app, rule)}
    assert rooms == PUBLIC_ROOMS


def test_nothing_public_is_for_admins(app: Flask) -> None:
    both = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if is_public(app, rule) and getattr(app.view_functions[rule.endpoint], "for_admins", False)
    ]
    assert not both


def test_a_page_that_shows_and_a_page_that_changes_are_two_views(app: Flask) -> None:
    mixed = [str(rule) for rule in guarded(app) if {"GET", "POST"} <= (rule.methods or set())]
    assert not mixed
