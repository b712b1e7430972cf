"""Every letter we ship, as one member gets it: read its file in letters/ and see what changed.

`PORCHLIGHT_UPDATE_GOLDEN=1 pytest tests/golden` writes the files anew.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import NamedTuple

import html5lib
import pytest

from engine.content import safe, sms
from engine.content.compose import Layout, compile_letter, fill_email, fill_sms
from engine.content.mime import Headers
from engine.content.script import overlay, parse
from engine.vocabulary.script import Script, Step
from engine.vocabulary.words import Channel

ROOT = Path(__file__).parents[2]
LETTERS = Path(__file__).parent / "letters"
UNSUBSCRIBE = "https://porch.example/u/" + "k7mq2xnr" * 15
MEMBER = {
    "first_name": "Guadalupe",
    "neighborhood": "Mill Hill",
    "organizer": "Maya",
    "community": "River Neighbors",
    "unsubscribe": UNSUBSCRIBE,
}


class Letter(NamedTuple):
    sequence: str
    language: str
    step: str

    def __str__(self) -> str:
        return f"{self.sequence}.{self.step}.{self.language}"


def read(file: Path) -> Script:
    script = parse(file.read_text("utf-8"), file.stem).script
    assert script is not None
    return script


@cache
def shipped() -> dict[tuple[str, str], Script]:
    """Every sequence in every language it has."""
    files = [read(file) for file in sorted((ROOT / "sequences").glob("*.md")) if file.stem != "README"]
    originals = {script.name: script for script in files if script.translates is None}
    translations = [overlay(originals[script.translates], script) for script in files if script.translates]
    return {(script.name, script.language): script for script in [*originals.values(), *translations]}


def letters() -> Iterator[Letter]:
    for (name, language), script in shipped().items():
        for step in script.steps:
            yield Letter(name, language, step.name)


def step_of(letter: Letter) -> Step:
    step = shipped()[letter.sequence, letter.language].step(letter.step)
    assert step is not None
    return step


@cache
def email(letter: Letter) -> EmailMessage:
    layout = Layout(
        "River Neighbors", "12 Alder Street\nMill Hill, NY 10001", letter.language, ROOT / "templates"
    )
    headers = Headers(
        sender_name=safe.fill(shipped()[letter.sequence, letter.language].sender, MEMBER),
        sender_address="hello@porch.example",
        to="guadalupe@member.example",
        reply_to="r-token@porch.example",
        rfc_message_id="<1@porch.example>",
        date=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
        list_unsubscribe=UNSUBSCRIBE,
    )
    raw = fill_email(compile_letter(step_of(letter), Channel.EMAIL, layout), MEMBER, headers)
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(letter: Letter, kind: str) -> str:
    found = email(letter).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def text_message(letter: Letter) -> str:
    layout = Layout("River Neighbors", "", letter.language, ROOT / "templates")
    return fill_sms(compile_letter(step_of(letter), Channel.SMS, layout), MEMBER)


def forms(letter: Letter) -> dict[str, str]:
    head = "".join(f"{name}: {value}\n" for name, value in email(letter).items() if name != "Content-Type")
    return {
        "txt": f"{head}\n{part(letter, 'plain')}",
        "html": part(letter, "html"),
        "sms": text_message(letter) + "\n",
    }


every_letter = pytest.mark.parametrize("letter", list(letters()), ids=str)


@every_letter
def test_a_letter_is_as_it_was_last_looked_at(letter: Letter) -> None:
    for ending, made in forms(letter).items():
        file = LETTERS / f"{letter}.{ending}"
        if os.environ.get("PORCHLIGHT_UPDATE_GOLDEN"):
            LETTERS.mkdir(exist_ok=True)
            file.write_text(made, "utf-8")
        assert made == file.read_text("utf-8")


def test_every_file_is_a_letter_that_is_shipped() -> None:
    wanted = {f"{letter}.{ending}" for letter in letters() for ending in ("txt", "html", "sms")}
    assert {file.name for file in LETTERS.iterdir()} == wanted


@every_letter
def test_a_letter_is_read_by_the_standard_library_without_a_defect(letter: Letter) -> None:
    message = email(letter)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert not [defect for part in message.walk() for defect in part.defects]
    assert not [defect for value in message.values() for defect in value.defects]


@every_letter
def test_the_html_is_a_whole_page_that_fetches_nothing(letter: Letter) -> None:
    html = part(letter, "html")
    parser = html5lib.HTMLParser()
    page = parser.parse(html)
    assert not [error for _, error, _ in parser.errors]
    assert page.find(".//{*}body") is not None
    assert not re.findall(r"""\b(?:src|srcset|background)\s*=|<link\b|@import|url\(|<script""", html, re.I)


@every_letter
def test_the_html_knows_its_language_and_the_dark(letter: Letter) -> None:
    html = part(letter, "html")
    assert re.search(rf'<html[^>]* lang="{letter.language}"', html)
    for name in ("color-scheme", "supported-color-schemes"):
        assert re.search(rf'<meta name="{name}" content="light dark" ?/?>', html), name
    assert "prefers-color-scheme: dark" in html


@every_letter
def test_trust_E4_community_address_and_the_way_out_stand_in_both_parts(letter: Letter) -> None:
    for kind in ("plain", "html"):
        for words in ("River Neighbors", "12 Alder Street", UNSUBSCRIBE):
            assert words in part(letter, kind), (kind, words)


@every_letter
def test_the_plain_text_reads_like_a_letter(letter: Letter) -> None:
    lines = part(letter, "plain").split("\n")
    assert all(line == line.rstrip() for line in lines)
    assert all(len(line) <= 78 for line in lines if UNSUBSCRIBE not in line)
    assert "\n\n\n" not in "\n".join(lines)
    assert lines[0]
    assert lines[-1] == "" != lines[-2]


@every_letter
def test_a_text_fits_two_segments_in_the_cheap_alphabet(letter: Letter) -> None:
    cost = sms.count(text_message(letter))
    assert cost.encoding == "GSM-7"
    assert cost.segments <= 2
