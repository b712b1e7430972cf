"""Organizers are invited, choose a password, sign in and out."""

from dataclasses import dataclass

from engine.runtime import Runtime
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.words import Role


class OrganizerError(Exception):
    """The text says what is wrong and how to mend it."""


@dataclass(frozen=True)
class OrganizerForm:
    name: str
    email: str
    role: Role = Role.ORGANIZER
    language: str = "en"
    zone: str = "America/New_York"
    signature: str = ""


def invite(rt: Runtime, form: OrganizerForm) -> str:
    """Adds an organizer without a password, mails the invitation, and returns its link (7 days, once)."""
    raise NotImplementedError


def ask_reset(rt: Runtime, email: str) -> None:
    """Mails a reset link (1 hour, once) if the address is an active organizer's; else does the same work, silently."""
    raise NotImplementedError


def choose_password(rt: Runtime, secret: str, password: str) -> OrganizerId:
    """Uses up an invitation or reset link; ends all sign-ins of that organizer. Raises OrganizerError."""
    raise NotImplementedError


def check_password(rt: Runtime, email: str, password: str) -> OrganizerId | None:
    """The same time and answer for a wrong password, an unknown address and an inactive organizer."""
    raise NotImplementedError


def first_link(rt: Runtime, organizer_id: OrganizerId) -> str:
    """The one-time sign-in link of the embedded default (15 minutes). Raises OrganizerError with a real gateway."""
    raise NotImplementedError


def use_link(rt: Runtime, secret: str) -> OrganizerId | None:
    """Uses up a sign-in link. None: unknown, used or expired."""
    raise NotImplementedError


def sign_in(rt: Runtime, organizer_id: OrganizerId) -> str:
    """Opens a signed-in session and returns its secret for the cookie."""
    raise NotImplementedError


def signed_in(rt: Runtime, secret: str) -> OrganizerId | None:
    """Whose session this is, if it stands (not ended, organizer active, seen in the last 14 days)."""
    raise NotImplementedError


def sign_out(rt: Runtime, secret: str) -> None:
    raise NotImplementedError


def deactivate(rt: Runtime, organizer_id: OrganizerId, *, by: OrganizerId) -> None:
    """Ends their sessions; their conversations return to the queue. The last admin cannot go: OrganizerError."""
    raise NotImplementedError
