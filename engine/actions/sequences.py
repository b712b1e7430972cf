"""Sequences are published, paused and resumed; one-off letters are counted, tested, sent, cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.runtime import Runtime
from engine.vocabulary.ids import MemberId, OrganizerId, SequenceId
from engine.vocabulary.script import Mistake


@dataclass(frozen=True)
class Published:
    """`sequence_id` is None when an ERROR among the mistakes kept it from being published."""

    sequence_id: SequenceId | None
    mistakes: Mapping[str, tuple[Mistake, ...]]  # by file name
    changed: bool = False  # False: the same texts were published already


def publish(rt: Runtime, files: Mapping[str, str], *, by: OrganizerId | None = None) -> Published:
    """Publishes one original and its translations (file name without ending -> text) as a new
    Revision. Publishing sends nothing by itself."""
    raise NotImplementedError


def pause(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> None:
    """Nobody advances, and what was queued of it stays until `resume`."""
    raise NotImplementedError


def resume(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> None:
    raise NotImplementedError


@dataclass(frozen=True)
class LetterForm:
    """A one-off letter. `audience` is a phrase as in `For:`; `text` may be empty (no text form)."""

    subject: str
    body: str
    text: str
    audience: str
    language: str = "en"


class LetterError(Exception):
    """`mistakes` says what to mend."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(mistake.what for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Count:
    """Who would get a letter now: these sum to the audience."""

    email: int
    sms: int
    unreachable: int  # suppressed, no consent, or no text form


def draft_letter(rt: Runtime, form: LetterForm, *, by: OrganizerId) -> SequenceId:
    """Keeps it as a draft. Raises LetterError."""
    raise NotImplementedError


def count_letter(rt: Runtime, sequence_id: SequenceId) -> Count:
    raise NotImplementedError


def test_letter(rt: Runtime, sequence_id: SequenceId, *, to: OrganizerId) -> None:
    """Mails the letter to the organizer alone, marked as a test, with their own first name."""
    raise NotImplementedError


def send_letter(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> int:
    """Enrolls everyone the audience names now; returns how many. Quiet hours hold for each."""
    raise NotImplementedError


def cancel_letter(rt: Runtime, sequence_id: SequenceId, *, by: OrganizerId) -> int:
    """Skips what has not left yet; returns how many were kept from leaving."""
    raise NotImplementedError


@dataclass(frozen=True)
class Preview:
    """One step as one member would see it."""

    step: str
    subject: str
    html: str
    text: str  # the plain-text part of the email
    sms: str | None
    sms_segments: int


def preview(rt: Runtime, sequence_id: SequenceId, member_id: MemberId) -> list[Preview]:
    """Every step in the member's language with the member's values; sends nothing."""
    raise NotImplementedError
