"""What a line of a mail can be."""

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    BLANK = auto()
    WORDS = auto()
    QUOTED = auto()  # begins with `>`
    ATTRIBUTION = auto()  # "On Monday Ann wrote:", all its lines
    ORIGINAL = auto()  # -----Original Message-----
    FORWARD = auto()  # ---------- Forwarded message
    HEADER = auto()  # a line of a header block of two or more
    RULE = auto()  # only dashes or underscores
    SIGNATURE = auto()  # so marked by the mail program


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    kind: Kind
