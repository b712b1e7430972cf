"""How long it takes from a clone to a reply answered in the browser, following the README and nothing
else: `.venv/bin/python benchmarks/newcomer.py`. Machine time: a person reads between the clicks.

The last line is one JSON object; there is no baseline to compare with, so its ratio is null.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent.parent
PORT = "8453"
BASE = f"http://127.0.0.1:{PORT}"
PATIENCE = 300  # seconds for `make up`
WHO = re.compile("Zainab Diallo")


def main() -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        clone, said = Path(folder, "porchlight"), Path(folder, "said.txt")
        subprocess.run(["git", "clone", "-q", str(HERE), str(clone)], check=True)
        with said.open("w") as out:
            environment = os.environ | {"PORCHLIGHT_PORT": PORT}
            house = subprocess.Popen(
                ["make", "up"], cwd=clone, env=environment, stdout=out, stderr=out, start_new_session=True
            )
        try:
            link = wait_for_link(said)
            ready = time.monotonic() - begun
            walk_through(link)
        finally:
            os.killpg(house.pid, signal.SIGINT)
            house.wait(timeout=60)
    answered = time.monotonic() - begun
    print(f"ready after {ready:.0f} s, a reply answered after {answered:.0f} s")
    result = {"name": "newcomer", "ours": round(answered, 1), "baseline": None, "ratio": None}
    print(json.dumps(result | {"unit": "s", "n": 1}))


def wait_for_link(said: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = re.search(r"http\S+/first/\S+", said.read_text())
        if found:
            return found.group()
        time.sleep(0.2)
    raise SystemExit(f"make up did not come up:\n{said.read_text()}")


def walk_through(link: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Look into its mailboxes").click()
        page.get_by_role("link", name=WHO).first.click()
        page.get_by_label(re.compile("Write back as")).fill("What is a buddy, please?")
        page.get_by_role("button", name="Send").click()
        look_until(page, "/replies/everyone")
        page.get_by_label(re.compile("Your answer to")).fill("Somebody to go with.")
        page.get_by_role("button", name="Send", exact=True).click()
        look_until(page, "/postoffice/")
        page.get_by_text("Robin Castell").first.wait_for()
        browser.close()


def look_until(page: Page, path: str) -> None:
    """Loads the page until the member stands on it, and opens what is theirs."""
    for _ in range(60):
        page.goto(BASE + path)
        if page.get_by_role("link", name=WHO).count():
            page.get_by_role("link", name=WHO).first.click()
            return
        time.sleep(0.3)
    raise SystemExit(f"{path} never showed the member.")


if __name__ == "__main__":
    main()
