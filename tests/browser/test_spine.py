"""The spine as a newcomer sees it: through the pretend post office, on a phone and at a desk.

`PORCHLIGHT_PICTURES=docs/images pytest tests/browser/test_spine.py` takes the pictures of the docs.
"""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("PORCHLIGHT_PICTURES")
    if folder:
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=Path(folder) / f"{name}-{'phone' if width < 600 else 'desk'}.png")


def push_the_clock(page: Page, far: str) -> None:
    page.goto("/postoffice/")
    page.get_by_role("button", name=far, exact=True).click()
    page.wait_for_load_state()


def wait_for_box(page: Page, heading: str, name: str, words: str) -> None:
    """Opens the box again and again until the words are there: worker and clock are at work."""
    for _ in range(20):
        page.goto("/postoffice/")
        found = page.locator("section", has=page.get_by_role("heading", name=re.compile(heading)))
        link = found.get_by_role("link", name=re.compile(name))
        if link.count():
            link.first.click()
            if page.get_by_text(words).count():
                return
        page.wait_for_timeout(500)
    raise AssertionError(f"“{words}” never came to {name}")


def add_wren(page: Page) -> None:
    page.goto("/people/new")
    page.get_by_label("First name").fill("Wren")
    page.get_by_label("Last name").fill("Halloway")
    page.get_by_label("Email").first.fill("wren@riverbend.example")
    page.get_by_label("Phone").first.fill("+1 212 555 0177")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wren Halloway")


def test_a_letter_goes_out_a_reply_comes_home_a_person_answers_it(dashboard: Page) -> None:
    page = dashboard
    picture(page, "today")
    page.goto("/replies/everyone")
    picture(page, "queue")
    add_wren(page)
    wait_for_box(page, "Mailboxes", "Wren Halloway", "Wren, the porch light is on")
    letter = page.frame_locator("iframe.paper")
    expect(letter.get_by_text("the bus to the clinic")).to_be_visible()
    picture(page, "letter")

    for _ in range(3):
        push_the_clock(page, "a day")
    push_the_clock(page, "an hour")
    wait_for_box(page, "Phones", "Wren Halloway", "Mr. Okafor")
    page.get_by_role("textbox").last.fill("what's a buddy?")
    page.get_by_role("button", name="Send").click()
    picture(page, "text")

    page.goto("/replies/everyone")
    picture(page, "queue")
    page.get_by_role("link", name=re.compile("Wren Halloway")).click()
    expect(page.get_by_text("A light on the porch · bench").first).to_be_attached()
    page.get_by_label("Your answer to Wren").fill("Somebody to walk to the first meeting with.")
    picture(page, "conversation")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Sent")
    wait_for_box(page, "Phones", "Wren Halloway", "Somebody to walk to the first meeting with.")
    picture(page, "answered")

    for _ in range(9):
        push_the_clock(page, "a day")
    wait_for_box(page, "Mailboxes", "Wren Halloway", "May I introduce you to a neighbor?")
    page.goto("/replies/everyone")
    expect(page.get_by_role("link", name=re.compile("Wren Halloway"))).to_have_count(0)


def test_the_mail_programs_own_button_ends_letters(dashboard: Page) -> None:
    page = dashboard
    wait_for_box(page, "Mailboxes", "Zainab Diallo", "Unsubscribe")
    page.get_by_role("button", name="Unsubscribe").click()
    page.goto("/people/?q=Zainab")
    page.get_by_role("link", name=re.compile("Zainab Diallo")).click()
    expect(page.get_by_text("they used the unsubscribe link").first).to_be_visible()


def test_everything_works_without_script(dashboard: Page) -> None:
    state = dashboard.context.storage_state()
    plain = dashboard.context.browser
    assert plain is not None
    with plain.new_context(storage_state=state, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(dashboard.url)
        page.get_by_role("button", name="See who waits").click()
        page.locator("a.talk").first.click()
        page.get_by_label(re.compile("Your answer")).fill("Thank you for writing.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("Sent")


def test_plain_enter_never_sends(dashboard: Page) -> None:
    page = dashboard
    page.goto("/replies/everyone")
    page.locator("a.talk").first.click()
    words = page.get_by_label(re.compile("Your answer"))
    words.fill("One line")
    words.press("Enter")
    expect(words).to_have_value("One line\n")
    words.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Sent")
