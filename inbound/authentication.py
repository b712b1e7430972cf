"""Who really sent a mail, as far as our own mail server says: RFC 8601, and nothing of it from anybody else.

A sender can write `Authentication-Results` headers too. Only the top-most that bears the name of our border
(PORCHLIGHT_AUTHSERV_ID) counts: that server removes others of its name and writes its own above them.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from engine.vocabulary.messages import Incoming

_RESULTS_MOST: Final = 50  # of one header
_PAIR: Final = re.compile(r"([A-Za-z][A-Za-z0-9._/-]{0,60})\s{0,5}=\s{0,5}([^\s;=]{1,300})")


class Authentication(StrEnum):
    """Whether the domain in From is proven to have sent this."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"  # no border of ours, or it could not say


@dataclass(frozen=True, slots=True)
class _Result:
    """`dkim=pass header.d=example.org` as method, value and properties, all in lower case."""

    method: str
    value: str
    properties: dict[str, str] = field(default_factory=dict)


def authenticate(incoming: Incoming, border: str | None) -> Authentication:
    """DMARC's word first; where it has none, a DKIM signature or SPF of From's own domain will do.

    `border` is the authserv-id of our mail server; without one nothing is believed. Mail with no or several
    senders is never proven.
    """
    if border is None or len(incoming.senders) != 1:
        return Authentication.UNKNOWN
    domain = incoming.senders[0].address.rpartition("@")[2].lower()
    results = _of_border(incoming.authentication_results, border)
    dmarc = next((each for each in results if each.method == "dmarc"), None)
    if dmarc is not None and dmarc.value in ("pass", "fail"):
        said_of = dmarc.properties.get("header.from", domain)
        if dmarc.value == "fail" or said_of != domain:
            return Authentication.FAILED
        return Authentication.PASSED
    if dmarc is not None and dmarc.value in ("temperror", "permerror"):
        return Authentication.UNKNOWN
    proven = any(each.value == "pass" and _aligned(_domain_of(each), domain) for each in results)
    return Authentication.PASSED if domain and proven else Authentication.UNKNOWN


def _of_border(headers: tuple[str, ...], border: str) -> list[_Result]:
    for value in headers:
        name, *rest = _segments(value)
        words = name.split()
        if words and words[0].lower() == border.lower():
            return [found for each in rest[:_RESULTS_MOST] if (found := _result(each)) is not None]
    return []


def _segments(value: str) -> list[str]:
    """The parts between semicolons, without comments (which nest) and without quotation marks."""
    segments, depth, quoted, escaped = [""], 0, False, False
    for letter in value:
        if escaped or (letter == "\\" and (quoted or depth)):
            escaped = not escaped
        elif letter == '"' and not depth:
            quoted = not quoted
        elif quoted:
            segments[-1] += letter if letter not in ";= " else "?"
        elif letter in "()":
            depth = max(0, depth + (1 if letter == "(" else -1))
        elif not depth:
            if letter == ";":
                segments.append("")
            else:
                segments[-1] += letter
    return segments


def _result(segment: str) -> _Result | None:
    found = [(name.lower(), value.lower()) for name, value in _PAIR.findall(segment)]
    if not found:
        return None
    (method, value), *properties = found
    return _Result(method.partition("/")[0], value, dict(reversed(properties)))


def _domain_of(result: _Result) -> str:
    """Whose signature, or whose envelope sender, passed."""
    if result.method == "dkim":
        return result.properties.get("header.d") or _after_at(result.properties.get("header.i", ""))
    return _after_at(result.properties.get("smtp.mailfrom", "")) if result.method == "spf" else ""


def _after_at(address: str) -> str:
    return address.rpartition("@")[2]


def _aligned(proven: str, domain: str) -> bool:
    """The same, or one below the other: relaxed alignment as far as it goes without a list of suffixes."""
    if "." not in proven or "." not in domain:
        return False
    return proven == domain or proven.endswith(f".{domain}") or domain.endswith(f".{proven}")
