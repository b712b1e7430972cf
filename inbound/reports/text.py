"""Who failed, by the words of the report. One pass over the lines before the returned mail."""

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from engine.vocabulary.messages import Incoming
from inbound.reports.causes import Failed, failed_for
from inbound.reports.phrases import among, first, phrases

_CHARACTERS: Final = 20_000
_LINES: Final = 400
_LINE_CHARACTERS: Final = 1_000
_MOST: Final = 50
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',;:|=*@]{1,128}@[^\W_](?:[\w-]|\.(?=\w)){1,250}")
_FRONT: Final = " \t*•·-–—>|\"'“‘[(<"
_NOBODY: Final = (
    "postmaster",
    "mailer-daemon",
    "mail-daemon",
    "mdaemon",
    "abuse",
    "support",
    "helpdesk",
    "noc",
)
_REFUSAL: Final = re.compile(r"[45][0-5]\d[ -]")  # "552 Quota violation for …"
_STARTS: Final = re.compile(r"[\s\-=*#_>|]*")


@dataclass
class _Notice:
    """What the server wrote, and who is no recipient of the lost mail."""

    lines: list[str]
    strangers: frozenset[str]
    found: dict[str, int] = field(default_factory=dict)  # address to the line it stands in

    def note(self, line: str, number: int) -> None:
        for written in _ADDRESS.findall(line)[:_MOST]:
            address = written.lower().rstrip(".-")
            if address not in self.strangers and not address.startswith(_NOBODY) and len(self.found) < _MOST:
                self.found.setdefault(address, number)


def failed_by_words(incoming: Incoming, *, sure: bool) -> list[Failed]:
    """`sure`: only addresses that the report lists or labels; else also one beside a reason, or the only
    one that stands there at all."""
    notice = _notice_of(incoming)
    _listed(notice)
    if not notice.found and not sure:
        _beside_a_reason(notice)
    delayed = _warns(incoming, notice)
    numbers = [*notice.found.values(), len(notice.lines)]
    alone = len(notice.found) == 1
    out = []
    for place, (address, number) in enumerate(notice.found.items()):
        until = next((other for other in numbers[place + 1 :] if other > number), len(notice.lines))
        said = notice.lines if alone else notice.lines[number:until]
        out.append(failed_for(address, "\n".join(said), delayed=delayed))
    return out


def _notice_of(incoming: Incoming) -> _Notice:
    lines: list[str] = []
    for line in incoming.text[:_CHARACTERS].split("\n")[:_LINES]:
        start = _STARTS.match(line)
        bare = line[start.end() if start else 0 :][:80].lower()
        if lines and bare.startswith(phrases("returned")):
            break
        lines.append(line[:_LINE_CHARACTERS])
    senders = (one.address for one in incoming.senders)
    strangers = frozenset(chain(senders, incoming.recipients))
    return _Notice(lines, strangers)


def _listed(notice: _Notice) -> None:
    """Addresses with a label before them, and those that begin a line once a failure has been told."""
    lowered = [line.lower() for line in notice.lines]
    intro, end = first("intro", "\n".join(lowered)), 0
    for number, (line, folded) in enumerate(zip(notice.lines, lowered, strict=True)):
        end += len(folded) + 1
        telling = 0 <= intro < end
        if "@" not in line or folded.lstrip().startswith(("message-id", "references:", "from:", "reply-to:")):
            continue
        if _begins_with_address(line) and (telling or _is_bracketed(line)):
            notice.note(line, number)
        else:
            _labelled(notice, line, number)


def _begins_with_address(line: str) -> bool:
    found = _ADDRESS.match(line.lstrip(_FRONT).removeprefix("mailto:").removeprefix("SMTP:"))
    return found is not None


def _is_bracketed(line: str) -> bool:
    bare = line.strip()
    return bare.startswith("<") and ">" in bare


def _labelled(notice: _Notice, line: str, number: int) -> None:
    for found in _ADDRESS.finditer(line):
        before = " ".join(
            line[: found.start()].lower().rstrip(" <([\"'").removesuffix("smtp:").rstrip(" <([\"'").split()
        )
        if before.endswith(phrases("label")) or (before.endswith(" for") and _REFUSAL.match(before)):
            notice.note(found.group(), number)


def _beside_a_reason(notice: _Notice) -> None:
    for number, line in enumerate(notice.lines):
        if "@" in line and among("reason", line.lower()):
            notice.note(line, number)
    if notice.found:
        return
    for number, line in enumerate(notice.lines):
        notice.note(line, number)
    if len(notice.found) != 1:
        notice.found.clear()


def _warns(incoming: Incoming, notice: _Notice) -> bool:
    subject = incoming.subject.lower()
    told = "\n".join(notice.lines).lower()
    late = any(word in subject for word in ("delay", "warning: message", "delivery warning", "deferred"))
    return (late or among("still_trying", told)) and not among("gave_up", told)
