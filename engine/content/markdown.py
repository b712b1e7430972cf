"""Markdown as letters use it: to HTML, and to the plain text a person would write."""

import re
import textwrap
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

WIDTH = 72  # columns of the plain-text part
_SCHEMES = ("https:", "http:", "mailto:", "tel:")
_BELOW = "margin: 0 0 18px 0"
_HEADING = f"{_BELOW}; font-size: 20px; line-height: 1.3"
_STYLES = {  # written into each tag, for mail programs that drop style sheets
    "p": _BELOW,
    "ul": f"{_BELOW}; padding-left: 22px",
    "ol": f"{_BELOW}; padding-left: 22px",
    "li": "margin: 0 0 6px 0",
    "blockquote": f"{_BELOW}; padding: 2px 0 2px 16px; border-left: 3px solid #d8a657",
    "a": "color: #8a4b12",
    "h1": _HEADING, "h2": _HEADING, "h3": _HEADING, "h4": _HEADING,
    "hr": "margin: 22px 0; border: 0; border-top: 1px solid #e7dcc8",
    "pre": f"{_BELOW}; white-space: pre-wrap",
}  # fmt: skip
_LAST, _ENDS = "margin: 0", ("blockquote_close", "list_item_close")


def _reader(*, breaks: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).disable("image")
    reader.validateLink = lambda url: url.lower().startswith(_SCHEMES)  # type: ignore[method-assign]
    return reader


_LETTERS, _NOTES = _reader(breaks=False), _reader(breaks=True)


def to_html(text: str, *, breaks: bool = False) -> str:
    """HTML with its styles in the tags, without scripts, images or raw HTML: what looks like a tag stays
    text. `breaks` keeps line ends, as in a note typed in a box."""
    reader = _NOTES if breaks else _LETTERS
    tokens = reader.parse(text)
    _dress(tokens)
    return str(reader.renderer.render(tokens, reader.options, {}))


def _dress(tokens: Sequence[Token]) -> None:
    for place, token in enumerate(tokens):
        if token.nesting >= 0 and token.tag in _STYLES:
            last = place + 3 < len(tokens) and tokens[place + 3].type in _ENDS  # a paragraph is three tokens
            token.attrSet("style", _LAST if token.tag == "p" and last else _STYLES[token.tag])
        _dress(token.children or ())


def to_text(text: str, *, breaks: bool = False) -> str:
    """Wrapped at 72 columns: emphasis keeps no stars, a link shows its address behind it. `breaks` as
    in `to_html`."""
    tokens = (_NOTES if breaks else _LETTERS).parse(text)
    return _blocks(SyntaxTreeNode(_with_breaks(tokens) if breaks else tokens), WIDTH)


def _with_breaks(tokens: Sequence[Token]) -> list[Token]:
    for token in tokens:
        for child in token.children or ():
            child.type = "hardbreak" if child.type == "softbreak" else child.type
    return list(tokens)


def _blocks(node: SyntaxTreeNode, width: int) -> str:
    """The text of everything in a node; the blocks of a tight list stand close."""
    found = [_block(child, width) for child in node.children]
    tight = node.type == "list_item" and all(child.hidden or "list" in child.type for child in node.children)
    return ("\n" if tight else "\n\n").join(block for block in found if block)


def _block(node: SyntaxTreeNode, width: int) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return _list(node, width)
        case "blockquote":
            return textwrap.indent(_blocks(node, width - 2), "> ", lambda _: True)
        case "fence" | "code_block":
            return textwrap.indent(node.content.rstrip("\n"), "    ")
        case "hr":
            return "* * *"
        case _:
            return "\n".join(_wrapped(line, width) for line in _inline(node).split("\n"))


def _list(node: SyntaxTreeNode, width: int) -> str:
    first = node.attrs.get("start", 1)
    ordered = node.type == "ordered_list" and isinstance(first, int)
    marks = [f"{int(first) + place}. " if ordered else "- " for place in range(len(node.children))]
    items = [
        mark + textwrap.indent(_blocks(item, width - len(mark)), " " * len(mark)).lstrip(" ")
        for mark, item in zip(marks, node.children, strict=True)
    ]
    tight = all(
        child.hidden for item in node.children for child in item.children if child.type == "paragraph"
    )
    return ("\n" if tight else "\n\n").join(items)


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(line, max(width, 20), break_long_words=False, break_on_hyphens=False)


def _inline(block: SyntaxTreeNode) -> str:
    words = "".join(_words(child) for inline in block.children for child in inline.children)
    return re.sub(r"[ \t]+", " ", words).strip()


def _words(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            shown = "".join(_words(child) for child in node.children)
            address = str(node.attrs.get("href", "")).removeprefix("mailto:").removeprefix("tel:")
            return shown if shown == address else f"{shown} ({address})"
        case _:
            return "".join(_words(child) for child in node.children)
