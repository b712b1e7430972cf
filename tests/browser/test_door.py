"""From the one-time link to the waiting replies, in a real browser."""

import re

from playwright.sync_api import Page, expect


def test_the_link_of_make_up_opens_the_dashboard(dashboard: Page) -> None:
    expect(dashboard.get_by_role("navigation").first).to_be_attached()


def test_a_stranger_is_led_to_the_sign_in_page(page: Page) -> None:
    page.goto("/people")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_no_page_is_wider_than_the_window(dashboard: Page) -> None:
    for path in ("/", "/replies", "/people", "/sequences", "/settings", "/health", "/postoffice"):
        dashboard.goto(path)
        expect(dashboard.get_by_role("main").first).to_be_attached()
        spill = dashboard.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert spill <= 0, f"{path} spills {spill} px"
