"""Who a From, To or Cc header names: every mailbox, none lost, none guessed.

Read before encoded words are decoded, so that a decoded comma or bracket can change nothing. One pass
over the letters; anything odd gives more mailboxes or an empty address, and the mail is then held.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from engine.vocabulary.messages import Mailbox
from inbound.parse import limits
from inbound.parse.words import plain, readable

_NAME_CHARACTERS: Final = 200
_ADDRESS_CHARACTERS: Final = 320
# What nearly everybody writes, `Name <a@b>` or `a@b`: nothing in it that could mean anything else.
_ADDRESS = r"([\w.+=-]{1,64}@[A-Za-z0-9-][A-Za-z0-9.-]{0,250})"
_SIMPLE: Final = re.compile(
    rf"\s*(?:(\w[\w .=?+*/!-]{{0,160}}|\"[\w .+/!-]{{1,160}}\")?\s*<{_ADDRESS}>|{_ADDRESS})\s*", re.ASCII
)


@dataclass
class _Entry:
    """What stood between two commas, in pieces."""

    words: list[str] = field(default_factory=list)  # plain text and quoted strings
    quoted: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)  # between < and >
    comments: list[str] = field(default_factory=list)

    def mailboxes(self) -> list[Mailbox]:
        text = "".join(self.words)
        bare = [word for word in text.split() if "@" in word and not word.startswith('"')]
        if self.angles:
            # A second address outside quotes and brackets is not a name: `a@good <b@evil>` is b@evil,
            # and the name that looked like an address is not shown as one.
            return [Mailbox(_name(text), _address(angle)) for angle in self.angles]
        if bare:
            whole = text.strip()
            alone = whole.startswith('"') and " " not in _outside_quotes(whole)
            return [
                Mailbox(_name(" ".join(self.comments)), _address(one)) for one in ([whole] if alone else bare)
            ]
        if text.strip():
            return [Mailbox(_name(text), _address(text.strip()) if "@" in text else "")]
        return []


def mailboxes(values: list[str]) -> tuple[Mailbox, ...]:
    """Every mailbox of all the given header values (raw, unfolded). At most limits.MAILBOXES."""
    found: list[Mailbox] = []
    for value in values:
        simple = _SIMPLE.fullmatch(value) if len(value) <= _ADDRESS_CHARACTERS else None
        if simple:
            found.append(Mailbox(_name(simple[1] or ""), (simple[2] or simple[3]).lower()))
        else:
            found += _every(value)
        if len(found) >= limits.MAILBOXES:
            break
    return tuple(found[: limits.MAILBOXES])


def _every(value: str) -> list[Mailbox]:
    found: list[Mailbox] = []
    for entry in _entries(value[: limits.HEADER_BYTES]):
        found += entry.mailboxes()
        if len(found) >= limits.MAILBOXES:
            break
    return found


def _entries(value: str) -> list[_Entry]:
    entries = [_Entry()]
    here, size = 0, len(value)
    while here < size:
        letter = value[here]
        entry = entries[-1]
        if letter == '"':
            end = _closing(value, here, '"')
            entry.words.append('"' + value[here + 1 : end] + '"')
            here = end
        elif letter == "(":
            end = _end_of_comment(value, here)
            entry.comments.append(value[here + 1 : end])
            here = end
        elif letter == "<":
            end = _closing(value, here, ">")
            entry.angles.append(value[here + 1 : end])
            entry.words.append(" ")
            here = end
        elif letter in ",;":
            entries.append(_Entry())
        elif letter == ":" and not entry.angles and "@" not in "".join(entry.words[-400:]):
            entries[-1] = _Entry()  # the name of a group
        else:
            entry.words.append(letter)
        here += 1
    return entries


def _closing(value: str, start: int, mark: str) -> int:
    """The place of the closing mark, backslashes obeyed; the end of the value when there is none."""
    here = start + 1
    while here < len(value) and value[here] != mark:
        here += 2 if value[here] == "\\" else 1
    return min(here, len(value))


def _end_of_comment(value: str, start: int) -> int:
    depth = 0
    here = start
    while here < len(value):
        letter = value[here]
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return here
        here += 2 if letter == "\\" else 1
    return len(value)


def _outside_quotes(text: str) -> str:
    return text[text.rfind('"') + 1 :]


def _name(text: str) -> str:
    name = readable(text.replace('"', " ").replace("\\", ""))[:_NAME_CHARACTERS]
    return "" if "@" in name else name


def _address(text: str) -> str:
    """The address in lower case; empty unless there is exactly one plain way to read it."""
    address = text.strip()
    if address.startswith("@") and ":" in address:  # an old source route
        address = address.partition(":")[2]
    local, _, domain = address.rpartition("@")
    in_quotes = len(local) > 2 and local.startswith('"') and local.endswith('"')
    body = local[1:-1] if in_quotes else local
    odd = any(letter in '@<>"(),;:\\ ' for letter in body) or any(
        letter in "@<>\"(),;\\ '" for letter in domain
    )
    clean = plain(address) == address and address.isprintable()
    if odd or not clean or not local or not domain.strip(".") or len(address) > _ADDRESS_CHARACTERS:
        return ""
    return address.lower()
