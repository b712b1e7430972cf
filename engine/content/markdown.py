"""Markdown as letters use it: to HTML, and to the plain text a person would write."""

import re
import textwrap
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

WIDTH = 72  # columns of the plain-text part
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
_SCHEMES = ("https:", "http:", "mailto:", "tel:")
_MARKDOWN.validateLink = lambda url: url.lower().startswith(_SCHEMES)  # type: ignore[method-assign]


def to_html(text: str) -> str:
    """HTML without scripts, images or raw HTML: what looks like a tag stays text."""
    return str(_MARKDOWN.disable("image").render(text))


def to_text(text: str) -> str:
    """Wrapped at 72 columns: emphasis keeps no stars, a link shows its address behind it."""
    return "\n\n".join(block for block in _blocks(_MARKDOWN.parse(text)) if block)


def _blocks(tokens: list[Token]) -> Iterator[str]:
    """One text per block; list items and quotes keep their mark before the first line."""
    marks: list[str] = []
    counters: list[int | None] = []
    quoted = 0
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                counters.append(1 if token.type.startswith("ordered") else None)
            case "bullet_list_close" | "ordered_list_close":
                counters.pop()
            case "list_item_open":
                number = counters[-1]
                marks = [f"{number}. " if number is not None else "- "]
                counters[-1] = None if number is None else number + 1
            case "blockquote_open":
                quoted += 1
            case "blockquote_close":
                quoted -= 1
            case "inline":
                yield _wrapped(_inline(token), "> " * quoted + (marks.pop() if marks else ""))
            case "fence" | "code_block":
                yield textwrap.indent(token.content.rstrip("\n"), "    ")
            case "hr":
                yield "* * *"


def _wrapped(text: str, mark: str) -> str:
    rest = mark if mark.startswith(">") and not mark.endswith("- ") else " " * len(mark)
    return "\n".join(
        textwrap.fill(
            line, WIDTH, initial_indent=mark, subsequent_indent=rest, break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )  # fmt: skip


def _inline(token: Token) -> str:
    words: list[str] = []
    links: list[str] = []
    for child in token.children or []:
        match child.type:
            case "text" | "code_inline":
                words.append(child.content)
            case "softbreak":
                words.append(" ")
            case "hardbreak":
                words.append("\n")
            case "link_open":
                links.append(str(child.attrGet("href") or ""))
                words.append("\x02")  # where the link's own words begin
            case "link_close":
                words = _close_link(words, links.pop())
    return re.sub(r"[ \t]+", " ", "".join(words)).strip()


def _close_link(words: list[str], address: str) -> list[str]:
    begin = len(words) - 1 - words[::-1].index("\x02")
    shown = "".join(words[begin + 1 :])
    plain = address.removeprefix("mailto:").removeprefix("tel:")
    return [*words[:begin], shown if shown == plain else f"{shown} ({plain})"]
