"""What stands under a letter: "-- " blocks, lines of a phone, footers of lists, closings, disclaimers."""

import re
from typing import Final

from inbound.trim.language import folded, lexicon

_SIGNATURES: Final = 50
_SIGNATURE_LINES: Final = 15
_CLOSING_LINES: Final = 8
_CLOSING_CHARACTERS: Final = 60
_PHONE_CHARACTERS: Final = 70
_PHONE_WORDS: Final = 9
_POSTSCRIPT: Final = re.compile(r"\s*\W{0,2}p\.?\s?(?:p\.?\s?)?[sd]\b\.?[ :.,–—-]?", re.IGNORECASE)
_RULE: Final = 20
_DISCLAIMER_LINES: Final = 40
_DISCLAIMER_CHARACTERS: Final = 4_000
_DISCLAIMER_LEAST: Final = 60  # characters
_DISCLAIMER_WORDS: Final = 3


def split_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of the letter, and the lines under it. Nothing is cut that would leave no words."""
    end = len(lines)
    for _ in range(_SIGNATURES):
        start = _start_of_one(lines[:end])
        if start is None or not any(line.strip() for line in lines[:start]):
            break
        end = start
    return lines[:end], lines[end:]


def _start_of_one(lines: list[str]) -> int | None:
    """Where the last signature of these lines begins."""
    last = len(lines) - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    if last < 0:
        return None
    if is_phone_line(lines[last]):
        return last
    if _is_list_rule(lines[last]):
        return _between_rules(lines, last)
    for place in range(last, max(-1, last - _SIGNATURE_LINES - 1), -1):
        bare = lines[place].strip()
        if bare in ("--", "—") and place > 0 and not _in_code(lines, place):
            return None if _has_postscript(lines[place : last + 1]) else place
        if place > 0 and not lines[place - 1].strip() and is_phone_line(lines[place]):
            return place if last - place <= 2 else None
        if _is_list_rule(bare) and last - place <= 6 and _names_a_list(lines[place + 1 : last + 1]):
            return place
    closing = _closing(lines, last)
    return closing if closing is not None else _disclaimer(lines, last)


def is_phone_line(line: str) -> bool:
    """A whole line such as "Sent from my iPhone", in any language we know; never a sentence."""
    bare = line.strip(" *_\t\u00a0")
    if not bare or len(bare) > _PHONE_CHARACTERS + 60:
        return False
    low = folded(bare.partition("<")[0]).rstrip(".")
    if len(low) > _PHONE_CHARACTERS or "," in low or ". " in low or low.count(" ") >= _PHONE_WORDS:
        return False
    return low.startswith(lexicon().sent_from) or low.endswith(lexicon().sent_from_ends)


def _is_list_rule(line: str) -> bool:
    bare = line.strip()
    return len(bare) >= _RULE and not bare.strip("_")


def _names_a_list(lines: list[str]) -> bool:
    """Where the mails of a list come from, and how to leave it."""
    return any(sign in line.lower() for line in lines for sign in ("@", "http", "www.", "mailing list"))


def _has_postscript(lines: list[str]) -> bool:
    """P.S. and its like: the author goes on under the name."""
    return any(_POSTSCRIPT.match(line) for line in lines)


def _between_rules(lines: list[str], last: int) -> int:
    """A disclaimer between two rules of underscores, or the closing rule alone."""
    for place in range(last - 1, max(-1, last - 40), -1):
        if _is_list_rule(lines[place]):
            return place
    return last


def _closing(lines: list[str], last: int) -> int | None:
    """A closing on its own line with a name and more under it: a title, a firm, a telephone. A farewell
    with no more than a name is the author's own."""
    under = 0
    for place in range(last, max(0, last - _CLOSING_LINES), -1):
        bare = lines[place].strip()
        if len(bare) > _CLOSING_CHARACTERS:
            return None
        if folded(bare).rstrip(",.!;: ") in lexicon().closings:
            return place if under > 1 and not _has_postscript(lines[place : last + 1]) else None
        under += bool(bare)
    return None


def _disclaimer(lines: list[str], last: int) -> int | None:
    """The last paragraph, when it says much of what the lawyers of a firm have written under every mail."""
    start = last
    while start and lines[start - 1].strip() and last - start < _DISCLAIMER_LINES:
        start -= 1
    said = folded(" ".join(lines[start : last + 1])[:_DISCLAIMER_CHARACTERS])
    if len(said) < _DISCLAIMER_LEAST:
        return None
    most = max(sum(word in said for word in words) for words in lexicon().disclaimers)
    return start if most >= _DISCLAIMER_WORDS else None


def _in_code(lines: list[str], place: int) -> bool:
    return sum(line.startswith("```") for line in lines[:place]) % 2 == 1
