"""Every setting is described where a person looks for it: docs/settings.md."""

import re

from tests.conventions.reading import ROOT, modules, text_of

NAME = re.compile(r"\b(?:PORCHLIGHT_[A-Z_]+|DATABASE_URL|REDIS_URL|SMTP_URL|TWILIO_[A-Z_]+)\b")
OUR_OWN = {"PORCHLIGHT_IN_TREE"}  # one of our processes tells another; nobody sets it


def read_by_the_program() -> set[str]:
    words = (ROOT / "engine" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'env\.get\("([A-Z_]+)"\)', words))


def described() -> dict[str, list[str]]:
    """Each setting of the page with the cells of its row: what it is unless set, and what it does."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| `")]
    return {name.strip(" `"): [cell.strip() for cell in cells] for name, *cells in rows}


def test_every_setting_the_program_reads_is_described_and_no_other() -> None:
    assert read_by_the_program() == set(described())


def test_every_setting_says_what_it_is_unless_set_and_what_it_does() -> None:
    assert all(len(cells) == 2 and all(cells) for cells in described().values())


def test_every_setting_that_an_error_or_a_command_names_exists() -> None:
    named = {name for path in modules("engine", "inbound", "webapp") for name in NAME.findall(text_of(path))}
    assert named - OUR_OWN <= read_by_the_program()
