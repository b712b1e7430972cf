"""flufl.bounce, for old servers whose words we do not know: bounded in size, each detector guarded."""

from collections.abc import Iterable
from email import message_from_bytes
from typing import Final

from flufl.bounce._scan import _DETECTORS  # scan_message stops at the first detector that raises

from inbound.reports.causes import Failed, failed_for

_MOST_BYTES: Final = 64 * 1024
_LINE_BYTES: Final = 2_000


def failed_by_library(raw: bytes, words: str, *, delayed: bool = False) -> list[Failed]:
    """Never raises. The class is ours, by the words: the library calls nearly everything permanent."""
    lines = [line[:_LINE_BYTES] for line in raw[:_MOST_BYTES].split(b"\n")]
    try:
        message = message_from_bytes(b"\n".join(lines))
    except Exception:
        return []
    for detector in _DETECTORS:
        try:
            temporary, permanent = detector().process(message)
        except Exception:  # noqa: S112 its detectors assume well-formed reports; the next may do better
            continue
        if temporary or permanent:
            return _ours(temporary, words, delayed=True) + _ours(permanent, words, delayed=delayed)
    return []


def _ours(addresses: Iterable[bytes], words: str, *, delayed: bool) -> list[Failed]:
    named = sorted(one.decode("utf-8", "replace").strip().lower() for one in addresses)
    return [failed_for(one, words, delayed=delayed) for one in named if "@" in one and len(one) <= 320]
