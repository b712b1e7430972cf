"""What the mark before a subject says: "Re:" an answer, "Fwd:" a mail passed on, in any language."""

from collections.abc import Collection
from enum import Enum, auto
from typing import Final

from inbound.trim.language import folded, lexicon

_MARK: Final = 20  # characters
_MARKS_MOST: Final = 20
_NUMBERED: Final = "[]()0123456789 "  # "Re[2]:", "AW (3):"


class About(Enum):
    ANSWER = auto()
    FORWARD = auto()
    NEITHER = auto()


def about(subject: str, names: Collection[str] = ()) -> About:
    """By the first mark of the subject. "VS:" is a Danish forward and a Finnish answer: `names`, the header
    words of the block in the mail, then decide; without them it is a forward."""
    mark = _mark_of(subject)
    forwards = [each for each in lexicon().languages if mark in each.forward_marks]
    answers = [each for each in lexicon().languages if mark in each.reply_marks]
    if answers and (not forwards or any(each.senders & set(names) for each in answers)):
        return About.ANSWER
    return About.FORWARD if forwards else About.NEITHER


def without_marks(subject: str) -> str:
    """The subject as it was before it was answered or passed on."""
    for _ in range(_MARKS_MOST):
        if about(subject) is About.NEITHER:
            break
        subject = subject.replace("：", ":").partition(":")[2].strip()
    return subject


def _mark_of(subject: str) -> str:
    mark, colon, _ = subject[: 2 * _MARK].replace("：", ":").partition(":")
    return folded(mark).rstrip(_NUMBERED).rstrip(". ") if colon and len(mark) <= _MARK else ""
