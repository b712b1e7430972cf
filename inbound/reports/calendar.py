"""The answer to an invitation (iTIP, RFC 5546): METHOD:REPLY with who answered and how."""

from dataclasses import dataclass
from typing import Final

from icalendar import Calendar

from engine.vocabulary.messages import Incoming
from inbound.parse.charsets import decoded
from inbound.parse.structure import Entity, entities
from inbound.reports.phrases import phrases

_BYTES: Final = 64 * 1024
_ANSWERS: Final = frozenset({"ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"})
_CHARACTERS: Final = 500
_CALENDAR: Final = b"text/calendar"


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """`status` is the PARTSTAT: ACCEPTED, DECLINED, TENTATIVE or DELEGATED. `uid` names the event."""

    uid: str
    summary: str
    status: str
    comment: str = ""


def calendar_answer(incoming: Incoming, raw: bytes) -> CalendarAnswer | None:
    """The answer of the one who sent the mail; None when there is none. Never raises."""
    if _CALENDAR not in raw and _CALENDAR not in raw.lower():
        return None
    for entity in entities(raw):
        if entity.content_type == "text/calendar":
            return _read(incoming, entity)
    return None


def is_by_a_calendar(words: str) -> bool:
    """Whether a mail's words are what its program writes beside an answer, and hold no more."""
    told = [line.strip().lower() for line in words.splitlines() if line.strip()]
    said = sum(any(phrase in line for phrase in phrases("calendar")) for line in told)
    return "?" not in words and said > 0 and not any(map(_is_a_sentence_more, told))


def _is_a_sentence_more(line: str) -> bool:
    return ":" not in line and not any(phrase in line for phrase in phrases("calendar")) and len(line) > 20


def _read(incoming: Incoming, entity: Entity) -> CalendarAnswer | None:
    text, _ = decoded(entity.content(_BYTES), entity.parameters.get("charset", "utf-8"))
    try:
        calendar = Calendar.from_ical(text)
        if str(calendar.get("METHOD", "")).upper() != "REPLY":
            return None
        for event in calendar.walk("VEVENT"):
            found = event.get("ATTENDEE", [])
            for attendee in found if isinstance(found, list) else [found]:
                status = str(attendee.params.get("PARTSTAT", "")).upper()
                if status in _ANSWERS and _is_sender(incoming, str(attendee)):
                    return CalendarAnswer(
                        uid=str(event.get("UID", ""))[:_CHARACTERS],
                        summary=str(event.get("SUMMARY", ""))[:_CHARACTERS],
                        status=status,
                        comment=str(event.get("COMMENT", ""))[:_CHARACTERS],
                    )
    except Exception:  # icalendar raises whatever a broken line leads to
        return None
    return None


def _is_sender(incoming: Incoming, attendee: str) -> bool:
    address = attendee.lower().removeprefix("mailto:").strip()
    return any(one.address.lower() == address for one in incoming.senders)
