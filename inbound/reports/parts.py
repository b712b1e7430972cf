"""The parts of a report that are for machines: delivery status (RFC 3464, 6533), feedback (RFC 5965),
read receipts (RFC 8098), and the Message-IDs of the mail it is about. Damage is read around."""

import re
from dataclasses import dataclass
from typing import Final

from inbound.parse.headers import Headers
from inbound.parse.structure import Entity, entities
from inbound.reports.causes import Failed, is_blameless

_REPORT_BYTES: Final = 256 * 1024
_BLOCKS_MOST: Final = 200
_RECIPIENTS: Final = ("original-recipient", "x-actual-recipient", "final-recipient", "x-original-recipient")
_STATUS: Final = ("message/delivery-status", "message/global-delivery-status")
_READ: Final = ("message/disposition-notification", "message/global-disposition-notification")
_HEADS: Final = (
    "message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers",
    "message/rfc822-headers", "text/rfc822",
)  # fmt: skip
_FAILED: Final = ("failed", "failure", "error", "undeliverable")
_DONE: Final = ("delivered", "relayed", "expanded")
_XTEXT: Final = re.compile(r"\+([0-9A-F]{2})")
_UNITEXT: Final = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_BLANK: Final = re.compile(rb"\n[ \t]*\n")
_CODE: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_REPLY: Final = re.compile(r"\b[245]\d\d\b")


@dataclass(frozen=True, slots=True)
class Report:
    """`tells_status`: a delivery status stood there, whoever failed in it. `arrived`: it told of success."""

    tells_status: bool = False
    arrived: bool = False
    failed: tuple[Failed, ...] = ()
    feedback: str = ""  # the feedback type of a complaint, such as abuse
    disposition: str = ""  # of a read receipt, in lower case
    read_by: str = ""  # whom the read receipt names
    original_ids: tuple[str, ...] = ()
    about: tuple[str, ...] = ()  # whom a complaint names as the one we wrote to


def report_of(raw: bytes) -> Report:
    """What stands in the parts for machines; an empty Report when there are none."""
    failed: dict[str, Failed] = {}
    ids: list[str] = []
    about: list[str] = []
    tells_status, arrived, feedback, disposition, read_by = False, False, "", "", ""
    for entity in entities(raw):
        if entity.content_type in _STATUS:
            tells_status = True
            for fields in _blocks(entity):
                arrived = arrived or _action(fields) in _DONE
                one = _failed_recipient(fields)
                if one is not None:
                    failed.setdefault(one.address, one)
        elif entity.content_type == "message/feedback-report":
            fields = next(iter(_blocks(entity)), Headers(b""))
            feedback = fields.text("feedback-type").strip().lower() or "abuse"
            about.append(_bare(fields.text("original-rcpt-to")))
        elif entity.content_type in _READ:
            fields = next(iter(_blocks(entity)), Headers(b""))
            disposition = fields.text("disposition").lower()
            read_by = _recipient(fields)
            ids += fields.ids("original-message-id")
        head = _head_within(entity)
        ids += head.ids("message-id")
        about.append(_bare(head.text("to")))
    return Report(
        tells_status=tells_status,
        arrived=arrived,
        failed=tuple(failed.values()),
        feedback=feedback,
        disposition=disposition,
        read_by=read_by,
        original_ids=tuple(dict.fromkeys(ids)),
        about=tuple(dict.fromkeys(filter(None, about))),
    )


def _head_within(entity: Entity) -> Headers:
    """The headers of the mail that a report is about."""
    if entity.content_type not in _HEADS:
        return Headers(b"")
    return Headers(entity.content(_REPORT_BYTES).lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")[0])


def _bare(written: str) -> str:
    """The one address of a header, in lower case; empty for none, and for several."""
    address = written.rpartition("<")[2].partition(">")[0].strip().lower()
    return address if address.count("@") == 1 and " " not in address else ""


def _blocks(entity: Entity) -> list[Headers]:
    """Groups of fields between empty lines; a group that holds several recipients is split at each."""
    status = entity.content(_REPORT_BYTES).replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()
    found: list[Headers] = []
    for block in _BLANK.split(status, _BLOCKS_MOST)[:_BLOCKS_MOST]:
        found += [Headers(one) for one in _one_recipient_each(block.strip())]
    return found


def _one_recipient_each(block: bytes) -> list[bytes]:
    mark = b"\nfinal-recipient:"
    folded = b"\n" + block.lower()
    if folded.count(mark) < 2:
        return [block]
    starts = [place for place in range(len(folded)) if folded.startswith(mark, place)][:_BLOCKS_MOST]
    return [block[start:end] for start, end in zip(starts, [*starts[1:], len(block)], strict=True)]


def _action(fields: Headers) -> str:
    return fields.text("action").strip().partition(" ")[0].strip("();,.").lower()


def _failed_recipient(fields: Headers) -> Failed | None:
    """Delivered, relayed and expanded are no failures; without an action the status decides."""
    action, words = _action(fields), fields.text("status")
    status = _status_of(words, fields.text("diagnostic-code"))
    if action != "delayed" and action not in _FAILED and (action in _DONE or status[:1] not in ("4", "5")):
        return None
    address = _recipient(fields)
    if not address:
        return None
    said = f"{words} {fields.text('diagnostic-code')}"[:2_000].lower()
    permanent = _is_permanent(action, status)
    code = _CODE.match(status)
    blameless = is_blameless(code.group() if code else "", said)
    return Failed(address, permanent, status, blameless=blameless)


def _recipient(fields: Headers) -> str:
    """The first address of the recipient fields: as we wrote it, before as the last server knew it."""
    for name in _RECIPIENTS:
        kind, typed, value = fields.text(name).partition(";")
        written = (value if typed else kind).strip().strip("<>\"' ").lower()
        written = written.partition(" ")[0] if " " in written else written
        address = _decoded(written, kind.strip().lower()).strip("<>").removeprefix("smtp:")
        if "@" in address.strip("@") and len(address) <= 320:
            return address
    return ""


def _decoded(written: str, kind: str) -> str:
    """RFC 6533 writes letters beyond ASCII as \\x{..}; RFC 3461 (xtext) what is odd as +XX."""
    if kind == "utf-8":
        return _UNITEXT.sub(lambda found: _letter(found.group(1)), written)
    if "@" not in written:
        return _XTEXT.sub(lambda found: chr(int(found.group(1), 16)), written.upper()).lower()
    return written


def _letter(number: str) -> str:
    code = int(number, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def _status_of(words: str, diagnostic: str) -> str:
    """The status field; one that is no more than x.0.0 gives way to a plainer code of the other server."""
    known = _CODE.search(words)
    told = _CODE.search(diagnostic)
    if known is not None and (
        told is None or not known.group().endswith(".0.0") or told.group()[0] != known.group()[0]
    ):
        return known.group()
    if told is not None:
        return told.group()
    code = _REPLY.search(words) or _REPLY.search(diagnostic)
    return code.group() if code else words.strip().partition(" ")[0][:12]


def _is_permanent(action: str, status: str) -> bool | None:
    """A failure is final whatever its code: 4.4.7 says that a server tried for days."""
    if action == "delayed":
        return False
    if action in _FAILED or status.startswith("5"):
        return True
    return False if status.startswith("4") else None
