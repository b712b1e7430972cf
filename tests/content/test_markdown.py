"""A letter as HTML that any mail program shows, and as the plain text a person would write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content.markdown import WIDTH, to_html, to_text

PLAIN = {
    "emphasis leaves no stars": ("**Nobody** missed *one*.", "Nobody missed one."),
    "a link shows its address": ("[the list](https://example.org/a)", "the list (https://example.org/a)"),
    "an address is shown once": ("<https://example.org/a>", "https://example.org/a"),
    "a mailbox is shown once": ("<ana@example.org>", "ana@example.org"),
    "paragraphs stay apart": ("One.\n\nTwo.", "One.\n\nTwo."),
    "a heading is a line": ("# Saturday\nBring tea.", "Saturday\n\nBring tea."),
    "lists keep close": ("- tea\n- bread", "- tea\n- bread"),
    "lists with space keep it": ("- tea\n\n- bread", "- tea\n\n- bread"),
    "numbers count on": ("3. tea\n4. bread", "3. tea\n4. bread"),
    "a list within a list": ("- tea\n  - green\n- bread", "- tea\n  - green\n- bread"),
    "a quote": ("> One.\n>\n> Two.", "> One.\n> \n> Two."),
    "a line under a line": ("Ana  \nRosa", "Ana\nRosa"),
    "code as it stands": ("    one\n      two", "    one\n      two"),
    "a rule": ("One.\n\n---\n\nTwo.", "One.\n\n* * *\n\nTwo."),
}


@pytest.mark.parametrize(("markdown", "plain"), PLAIN.values(), ids=PLAIN.keys())
def test_plain_text(markdown: str, plain: str) -> None:
    assert to_text(markdown) == plain


def test_lines_are_wrapped_but_addresses_are_not() -> None:
    address = "https://example.org/" + "a" * 90
    lines = to_text(f"{'many words ' * 20} {address} {'and more ' * 20}").split("\n")
    assert address in lines
    assert all(len(line) <= WIDTH for line in lines if line != address)


def test_a_note_keeps_its_line_ends() -> None:
    assert to_text("Hi Ana,\nthanks", breaks=True) == "Hi Ana,\nthanks"
    assert "Hi Ana,<br />\nthanks" in to_html("Hi Ana,\nthanks", breaks=True)


def test_styles_stand_in_the_tags() -> None:
    assert '<a href="https://example.org" style="color: #8a4b12">here</a>' in to_html(
        "[here](https://example.org)"
    )
    assert to_html("Words.").startswith('<p style="margin: ')


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JAVASCRIPT:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "![a](https://tracker.example/pixel.png)",
    '[a](https://x.example "\\" onmouseover=alert(1) x=\\"")',
    "<javascript:alert(1)>",
]


@pytest.mark.parametrize("markdown", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(markdown: str) -> None:
    shown = to_html(markdown)
    assert "<script" not in shown
    assert "<img" not in shown
    assert not any(f'href="{scheme}' in shown.lower() for scheme in ("javascript", "data", "vbscript"))
    assert '" onmouseover' not in shown


@pytest.mark.parametrize("piece", [">", "- ", "[", "*", "`", "_a", "<", "![", "[a](", "1. "])
def test_trust_T8_deep_markdown_ends(piece: str) -> None:
    to_html(piece * 4000)
    to_text(piece * 4000)


@given(st.text(max_size=300))
def test_any_words_become_html_and_text(words: str) -> None:
    assert "<script" not in to_html(words).lower()
    to_text(words)
