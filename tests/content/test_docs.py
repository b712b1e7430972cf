"""docs/sequences.md is true: its examples are read, and its lists are those of the code."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.content.safe import VARIABLES
from engine.content.script import check_translation, parse, phrases
from engine.content.script.reading import SETTINGS
from engine.vocabulary.script import NotBuiltYet

PAGE = (Path(__file__).parents[2] / "docs" / "sequences.md").read_text("utf-8")


class Example(NamedTuple):
    file: str
    text: str
    told: list[str]  # what stands below it, a mistake a line


def examples() -> list[Example]:
    blocks = re.findall(r"^```markdown (\S+)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", PAGE, re.M | re.S)
    return [Example(file, text, told.splitlines()) for file, text, told in blocks]


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def listed(title: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", section(title), re.M)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.file)
def test_an_example_publishes_or_has_exactly_the_mistakes_below_it(example: Example) -> None:
    parsed = parse(example.text, example.file.removesuffix(".md"))
    assert parsed.script is not None
    found = list(parsed.mistakes)
    if parsed.script.translates is not None:
        original = next(each for each in examples() if each.file == f"{parsed.script.translates}.md")
        first = parse(original.text, parsed.script.translates).script
        assert first is not None
        found += check_translation(first, parsed.script)
    assert [f"{example.file}:{m.line} {m.what} {m.mend}" for m in found] == example.told


def test_every_block_of_markdown_has_a_name_and_is_an_example() -> None:
    assert len(examples()) == PAGE.count("```markdown") == 4


def test_every_setting_is_taught_once() -> None:
    assert listed("Settings of the file") == list(SETTINGS["file"])
    assert listed("Settings of a step") == list(SETTINGS["step"])


def test_every_phrase_is_taught_once() -> None:
    assert listed("Moments") == list(phrases.WHEN_FORMS)
    assert listed("People") == list(phrases.AUDIENCE_FORMS)
    assert listed("Goals") == list(phrases.GOAL_FORMS)
    assert listed("Replies") == [*phrases.ACT_FORMS, *phrases.LATER_FORMS]


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_is_taught(variable: str) -> None:
    assert f"`{{{{ {variable} }}}}`" in section("What you may write in a letter")


def test_every_phrase_that_is_taught_is_read_and_written_back() -> None:
    assert [phrases.spell_when(phrases.when(form)) for form in phrases.WHEN_FORMS] == list(phrases.WHEN_FORMS)
    people = [phrases.spell_audience(phrases.audience(form)) for form in phrases.AUDIENCE_FORMS]
    assert people == list(phrases.AUDIENCE_FORMS)
    assert [phrases.spell_goal(phrases.goal(form)) for form in phrases.GOAL_FORMS] == list(phrases.GOAL_FORMS)
    assert [phrases.spell_acts(phrases.acts(form)) for form in phrases.ACT_FORMS] == list(phrases.ACT_FORMS)


@pytest.mark.parametrize("form", phrases.LATER_FORMS)
def test_a_verb_of_a_later_release_is_known_as_such(form: str) -> None:
    assert phrases.acts(form) == (NotBuiltYet(form),)
