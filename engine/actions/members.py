"""Members come, are edited, are tagged."""

from dataclasses import dataclass

from engine.runtime import Runtime
from engine.vocabulary.ids import MemberId, OrganizerId
from engine.vocabulary.words import Channel


class MemberError(Exception):
    """What was typed cannot be kept: `field` names the input, the text says what is wrong and how to mend it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class MemberForm:
    """What is known of a member, as typed. Empty text: not known. At least an email or a phone."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    neighborhood: str = ""
    language: str = "en"
    zone: str = ""  # empty: the community's
    channel: Channel | None = None  # None: email where there is one, else text
    tags: tuple[str, ...] = ()
    organizer_id: OrganizerId | None = None  # None: the active organizer with the fewest members


def add(rt: Runtime, form: MemberForm, *, how: str, consent_wording: str = "", sample: bool = False) -> MemberId:
    """Adds a member with given consent for each address (an organizer or an import says they agreed).

    A known address of the same kind belongs to that member: their row is returned, nothing is changed.
    Raises MemberError.
    """
    raise NotImplementedError


def edit(rt: Runtime, member_id: MemberId, form: MemberForm, *, by: OrganizerId) -> None:
    """Replaces what is known; addresses that are gone are unlinked, never deleted. Raises MemberError, LookupError."""
    raise NotImplementedError


def tag(rt: Runtime, member_id: MemberId, name: str) -> None:
    """Puts a tag on; names are folded to lower case, at most 60 characters. Twice is once."""
    raise NotImplementedError


def untag(rt: Runtime, member_id: MemberId, name: str) -> None:
    raise NotImplementedError


def sign_up(rt: Runtime, form: MemberForm) -> None:
    """The public form: adds the person with pending consent and sends one confirmation letter or text.

    Known, unknown and suppressed addresses look alike from outside; one address gets at most one
    confirmation, ever, until it confirms. Raises MemberError for what cannot be an address.
    """
    raise NotImplementedError


def confirm(rt: Runtime, secret: str) -> MemberId | None:
    """Consent given by the link. None: unknown, used or expired."""
    raise NotImplementedError
