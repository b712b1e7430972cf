"""From the one-time link to the waiting replies, in a real browser."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect

# Downloads and the frames of letters are not pages; signing out ends the walk.
LINKS = """[...document.querySelectorAll("a[href]")]
    .filter(each => each.origin === location.origin && !each.hasAttribute("download"))
    .map(each => each.pathname + each.search)
    .filter(path => !/\\/(static|html|raw|export)(\\/|$|\\.)/.test(path))"""
# Whatever can be pressed belongs to a form or leads somewhere; whatever only a script can do starts hidden.
NEEDS_SCRIPT = """[...document.querySelectorAll(
        "button:not([hidden]), a:not([href]), [href^='javascript:'], [href='#'], [onclick], [style]")]
    .filter(each => !(each.tagName === "BUTTON" && each.form && each.type === "submit"))
    .filter(each => !each.closest("[hidden], template") && !each.hasAttribute("data-scripted"))
    .map(each => each.outerHTML.slice(0, 120))"""


def test_the_link_of_make_up_opens_the_dashboard(dashboard: Page) -> None:
    expect(dashboard.get_by_role("navigation").first).to_be_attached()


def test_a_stranger_is_led_to_the_sign_in_page(page: Page) -> None:
    page.goto("/people")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_every_page_fits_the_window_and_works_without_script(dashboard: Page) -> None:
    refused: list[str] = []
    dashboard.on(
        "console",
        lambda said: refused.append(f"{said.text} {said.location}") if said.type == "error" else None,
    )
    seen = {kind_of(path): faults_of(dashboard, path) for path in walk_all_links(dashboard)}
    assert len(seen) > 25, sorted(seen)
    assert {page: faults for page, faults in seen.items() if faults} == {}
    assert refused == []  # nothing inline, nothing from elsewhere


def test_long_names_and_words_break_and_spill_nowhere(dashboard: Page) -> None:
    dashboard.goto("/people/new")
    dashboard.locator("[name=first_name]").fill("Maximiliana" * 10)
    dashboard.locator("[name=email]").fill(f"{'ana' * 20}@{'porch' * 10}.example")
    dashboard.locator("[name=tags]").fill("t" * 60)
    dashboard.get_by_role("button", name="Save").click()
    dashboard.wait_for_url(re.compile(r"/people/[0-9a-z]{26}"))
    assert faults_of(dashboard, "their page") == []
    for path in ("/", "/people/", "/postoffice/"):
        dashboard.goto(path)
        assert faults_of(dashboard, path) == []


def walk_all_links(page: Page) -> Iterator[str]:
    """One address of each kind of page that can be reached by clicking, opened in turn."""
    waiting, known = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(path)
        assert answer, path
        assert answer.status == 200, path
        yield path
        for link in page.evaluate(LINKS):
            if kind_of(link) not in known:
                known.add(kind_of(link))
                waiting.append(link)


def kind_of(path: str) -> str:
    """`/people/01kq…?tag=x` and `/people/01kr…` are pages of one kind."""
    path, _, query = path.partition("?")
    fields = "&".join(sorted(part.partition("=")[0] for part in query.split("&")))
    return re.sub(r"/(?:[0-9a-z]{26}|[0-9a-f]{16}|\d[\w.-]{30,})(?=/|$)", "/…", path) + (
        "?" + fields if fields else ""
    )


def faults_of(page: Page, path: str) -> list[str]:
    spill = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    faults = [f"{path} spills {spill} px"] if spill > 0 else []
    return faults + [f"{path}: needs a script: {what}" for what in page.evaluate(NEEDS_SCRIPT)]
