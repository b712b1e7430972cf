"""A real Chromium before a live town. Chromium is the system's: nothing is downloaded."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.live import Live, make_town, served

NARROW = {"width": 390, "height": 844}  # a phone
WIDE = {"width": 1440, "height": 900}  # a desk
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is missing. Install it (Debian, Ubuntu: apt-get install chromium).")
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *as_root])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def sample_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_town(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def live(sample_town: Path, tmp_path: Path) -> Iterator[Live]:
    """A town of this test's own."""
    with served(sample_town, tmp_path / "house") as found:
        yield found


@pytest.fixture(params=[NARROW, WIDE], ids=["390 px", "1440 px"])
def page(request: pytest.FixtureRequest, browser: Browser, live: Live) -> Iterator[Page]:
    """A browser at the town's door, on a phone and at a desk. A script error fails the test."""
    with browser.new_context(viewport=request.param, base_url=live.url, locale="en-US") as context:
        opened = context.new_page()
        opened.set_default_timeout(10_000)
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        yield opened
        assert not errors


@pytest.fixture
def dashboard(page: Page, live: Live) -> Page:
    """The same, signed in as the admin."""
    page.goto(live.sign_in_link())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live.url}/")
    return page
