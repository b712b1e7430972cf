"""The parameters of Content-Type and Content-Disposition (RFC 2045, 2231), read leniently in one pass."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from inbound.parse import limits
from inbound.parse.charsets import decoded
from inbound.parse.words import plain, readable

_COMMENT: Final = re.compile(r"\s\([^()\"]*\)")
_PLAIN: Final = re.compile(r'\s*;?\s*([^\s;="]{1,80})\s*=\s*(?:"([^"\\]*)"|([^";]*))\s*(?=;|$)')
_NUMBERED: Final = re.compile(r"([^*]+)\*(\d{1,3})(\*?)")
_SECTIONS_MOST: Final = 200


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """What stands before the first semicolon, in lower case, and the parameters by lower-cased name.

    Of two with one name the first counts. Never raises.
    """
    text = value[: limits.PARAMETER_CHARACTERS]
    if "(" in text:
        text = _COMMENT.sub("", text)
    main, _, rest = text.partition(";")
    found: dict[str, str] = {}
    split: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, content in _pairs(rest):
        numbered = _NUMBERED.fullmatch(name)
        if numbered:
            sections = split.setdefault(numbered[1], {})
            sections.setdefault(int(numbered[2]), (bool(numbered[3]), content))
        elif name.endswith("*"):
            found[name[:-1]] = _extended(unquote_to_bytes(content))  # before a plain one: it says more
        else:
            found.setdefault(name, readable(content))
    return plain(main).lower(), found | {name: _joined(sections) for name, sections in split.items()}


def _pairs(rest: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    here = 0
    while here < len(rest) and len(pairs) < _SECTIONS_MOST:
        simple = _PLAIN.match(rest, here)
        if simple:
            name, content, here = simple[1], simple[2] if simple[2] is not None else simple[3], simple.end()
        else:
            end = _end(rest, here)
            name, _, content = rest[here:end].strip(" \t;").partition("=")
            content, here = _unquoted(content.strip()), end
        if name.strip():
            pairs.append((name.strip().lower(), content.strip()))
        here += 1
    return pairs


def _end(rest: str, start: int) -> int:
    """The place of the semicolon that ends a parameter, quotes and backslashes obeyed."""
    quoted, here = False, start
    while here < len(rest) and (quoted or rest[here] != ";" or here == start):
        quoted = quoted != (rest[here] == '"')
        here += 2 if quoted and rest[here] == "\\" else 1
    return min(here, len(rest))


def _unquoted(content: str) -> str:
    if not content.startswith('"'):
        return content
    body = content[1:].removesuffix('"')
    return re.sub(r"\\(.)", r"\1", body)


def _joined(sections: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231 sections in their order, as far as they go without a gap."""
    out = b""
    percent = sections.get(0, (False, ""))[0]
    for number in range(len(sections)):
        if number not in sections:
            break
        escaped, content = sections[number]
        out += unquote_to_bytes(content) if escaped else content.encode("utf-8", "surrogatepass")
    return _extended(out) if percent else readable(out.decode("utf-8", "replace"))


def _extended(content: bytes) -> str:
    """charset'language'words; without the two marks, words in UTF-8."""
    charset, mark, rest = content.partition(b"'")
    _, second, words = rest.partition(b"'")
    if not (mark and second):
        return plain(decoded(content, "")[0])
    return plain(decoded(words, charset.decode("ascii", "replace"))[0])
