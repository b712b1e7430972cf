"""Mails as the world breaks them: seeded mutations of real and invented ones, the same for the same seed."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

FIXTURES = Path(__file__).parent / "mail"
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"  # beside the repository, if anywhere

CHARSETS = (
    b"utf-8", b"us-ascii", b"iso-8859-1", b"iso-2022-jp", b"gb2312", b"ks_c_5601-1987", b"utf-7", b"utf-16",
    b"x-unknown", b"punycode", b"", b'"utf-8', b"windows-1251", b"\xff",
)  # fmt: skip
ENCODINGS = (b"base64", b"quoted-printable", b"7bit", b"binary", b"x-uuencode", b"8bit, base64", b"?")
TYPES = (
    b"text/plain", b"text/html", b"text/enriched", b"multipart/alternative", b"multipart/related",
    b"multipart/digest", b"message/rfc822", b"application/ms-tnef", b"application/pkcs7-mime", b"text", b"/",
)  # fmt: skip
PIECES = (
    b"\n", b"\r\n\r\n", b"\r", b"\0", b"=?", b"?=", b"=?utf-8?Q?", b"--", b"-- \n", b'"', b"<", b">", b"(",
    b"\\", b";", b"\n\n", b"\nContent-Type: ", b"\n ", b"\xff\xfe", b"\xc3", b"\x1b$B", b"=\n", b"<!--",
    b"<blockquote>", b"&#", b"*0*=", b"From ",
)  # fmt: skip

_VALUES = (
    (re.compile(rb"charset=\"?[\w.-]*", re.IGNORECASE), b"charset=", CHARSETS),
    (re.compile(rb"transfer-encoding: *[\w-]*", re.IGNORECASE), b"transfer-encoding: ", ENCODINGS),
    (re.compile(rb"content-type: *[\w/-]*", re.IGNORECASE), b"content-type: ", TYPES),
)
_BOUNDARY = re.compile(rb"boundary=\"?([^\";\r\n]+)", re.IGNORECASE)


def mails(*more: Path) -> list[bytes]:
    """The fixtures, the whole mails of the corpora where they lie beside us, and those of more folders."""
    found = [path.read_bytes() for folder in (FIXTURES, *more) for path in sorted(folder.glob("*.eml"))]
    for listing in sorted(CORPORA.glob("*/cases.jsonl")):
        cases = map(json.loads, listing.read_text("utf-8").splitlines())
        found += [
            (listing.parent / case["raw_path"]).read_bytes()
            for case in cases
            if case.get("input") == "message"
        ]
    return found


def mutated(seed: int, originals: Sequence[bytes]) -> bytes:
    """One mail with one to six mutations."""
    lots = Random(seed)  # noqa: S311 chance for tests
    raw = lots.choice(originals)
    for _ in range(lots.randint(1, 6)):
        raw = lots.choice(_MUTATIONS)(raw, lots, originals)
    return raw


def _flip(raw: bytes, lots: Random, _: Sequence[bytes]) -> bytes:
    changed = bytearray(raw)
    for _unused in range(lots.randint(1, 12) if raw else 0):
        changed[lots.randrange(len(raw))] = lots.randrange(256)
    return bytes(changed)


def _cut(raw: bytes, lots: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(raw, lots)
    return raw[:start] if lots.random() < 0.3 else raw[:start] + raw[end:]


def _repeat(raw: bytes, lots: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(raw, lots)
    times = lots.choice((2, 2, 3, 10, 100))
    return raw[:start] + raw[start:end][: 200_000 // times] * times + raw[end:]


def _insert(raw: bytes, lots: Random, _: Sequence[bytes]) -> bytes:
    place = lots.randint(0, len(raw))
    return raw[:place] + lots.choice(PIECES) * lots.choice((1, 1, 1, 2, 50)) + raw[place:]


def _splice(raw: bytes, lots: Random, originals: Sequence[bytes]) -> bytes:
    other = lots.choice(originals)
    return raw[: lots.randint(0, len(raw))] + other[lots.randint(0, len(other)) :]


def _double_a_header(raw: bytes, lots: Random, originals: Sequence[bytes]) -> bytes:
    """One line of a head, its own or another's, once more somewhere in the head."""
    lines = raw.split(b"\n")
    donor = lots.choice((raw, lots.choice(originals))).split(b"\n")
    lines.insert(lots.randint(0, min(len(lines), 20)), donor[lots.randrange(min(len(donor), 20))])
    return b"\n".join(lines)


def _swap_boundary(raw: bytes, lots: Random, _: Sequence[bytes]) -> bytes:
    known = _BOUNDARY.findall(raw)
    if not known:
        return raw
    old = lots.choice(known)
    new = lots.choice((lots.choice(known), old[:-1], old + b"-", old.swapcase(), b"", b"-", b"a b"))
    return raw.replace(old, new, lots.choice((1, 2, -1)))


def _swap_value(raw: bytes, lots: Random, _: Sequence[bytes]) -> bytes:
    pattern, name, values = lots.choice(_VALUES)
    value = name + lots.choice(values)
    return pattern.sub(lambda _found: value, raw, lots.choice((0, 1)))


def _swap_line_ends(raw: bytes, lots: Random, _: Sequence[bytes]) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(
        b"\n", lots.choice((b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\n"))
    )


_MUTATIONS: tuple[Callable[[bytes, Random, Sequence[bytes]], bytes], ...] = (
    _flip, _flip, _cut, _repeat, _insert, _insert, _splice, _double_a_header, _swap_boundary, _swap_value,
    _swap_value, _swap_line_ends,
)  # fmt: skip


def _span(raw: bytes, lots: Random) -> tuple[int, int]:
    start = lots.randint(0, len(raw))
    return start, min(len(raw), start + lots.choice((1, 3, 20, 200, 2_000)))
