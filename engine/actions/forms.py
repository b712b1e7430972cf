"""What is typed about a member, and what of it can be kept."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from engine.content.typed import TypedError, email_of, phone_of, region_of
from engine.privacy.sealed import KeyRing
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.sentences import Said, Sentence, say
from engine.vocabulary.words import Channel

LONGEST_NAME = 120  # characters
LONGEST_TAG = 60
_LANGUAGE = re.compile(r"[a-z]{2}")


class MemberError(Said):
    """What was typed cannot be kept: `field` names the input, the text what is wrong and how to mend it."""

    def __init__(self, field: str, sentence: Sentence) -> None:
        super().__init__(sentence)
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
    organizer_email: str = ""  # the same, as a file names them


@dataclass(frozen=True)
class House:
    """What a form is checked against: the community's zone, and who may be a member's organizer."""

    keys: KeyRing
    zone: str
    organizers: Mapping[OrganizerId, str]  # active ones, with the keyed hash of their email


@dataclass(frozen=True)
class TypedAddress:
    """One address, normalised, with the keyed hash it is looked up by."""

    channel: Channel
    value: str
    value_hash: str

    @property
    def personal(self) -> bool:
        """An email is one person's; a phone may be a household's."""
        return self.channel is Channel.EMAIL


@dataclass(frozen=True)
class Profile:
    """A checked form: what is kept of a member."""

    first_name: str
    last_name: str
    neighborhood: str
    language: str
    zone: str
    channel: Channel
    tags: tuple[str, ...]
    organizer_id: OrganizerId | None
    addresses: tuple[TypedAddress, ...]  # the email, then the phone


def check(form: MemberForm, house: House) -> Profile:
    """Raises MemberError for the first field that cannot be kept."""
    addresses = _typed_addresses(form, house)
    return Profile(
        first_name=_name("first_name", form.first_name),
        last_name=_name("last_name", form.last_name),
        neighborhood=_name("neighborhood", form.neighborhood),
        language=_language(form.language),
        zone=_zone(form.zone.strip() or house.zone),
        channel=_channel(form.channel, addresses),
        tags=tuple(sorted({tag_of(tag) for tag in form.tags if tag.strip()})),
        organizer_id=_organizer(form, house),
        addresses=addresses,
    )


def tag_of(typed: str) -> str:
    """A tag as it is kept: lower case, single spaces. Raises MemberError."""
    name = fold_tag(typed)
    if not name or len(name) > LONGEST_TAG:
        raise MemberError(
            "tags",
            say("A tag has 1 to %(most)s characters. Choose a shorter one.", most=LONGEST_TAG),
        )
    return name


def fold_tag(typed: str) -> str:
    return " ".join(typed.lower().split())


@lru_cache
def zones() -> frozenset[str]:
    """Every zone there is; read once, for the list is made by walking folders."""
    return frozenset(available_timezones())


def address_hash(keys: KeyRing, value: str) -> str:
    """What a normalised address is looked up by."""
    return keys.blind("address", value)


def _typed_addresses(form: MemberForm, house: House) -> tuple[TypedAddress, ...]:
    found = []
    if form.email.strip():
        found.append((Channel.EMAIL, _typed("email", form.email, email_of)))
    if form.phone.strip():
        region = region_of(house.zone)
        found.append((Channel.SMS, _typed("phone", form.phone, lambda text: phone_of(text, region))))
    if not found:
        raise MemberError(
            "email", say("Give an email address or a phone number, so that we can write to them.")
        )
    return tuple(TypedAddress(channel, value, address_hash(house.keys, value)) for channel, value in found)


def _typed(field: str, text: str, read: Callable[[str], str]) -> str:
    try:
        return read(text)
    except TypedError as error:
        raise MemberError(field, error.sentence) from error


def _name(field: str, typed: str) -> str:
    """One line without control characters; at most 120 characters."""
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in typed).split())
    if len(name) > LONGEST_NAME:
        raise MemberError(field, say("Keep this under %(most)s characters.", most=LONGEST_NAME))
    return name


def _language(typed: str) -> str:
    language = typed.strip().lower()
    if not _LANGUAGE.fullmatch(language):
        raise MemberError("language", say("Name the language by its two letters, such as en or es."))
    return language


def _zone(name: str) -> str:
    if name not in zones():
        raise MemberError(
            "zone", say("“%(zone)s” is not a time zone; choose one such as America/New_York.", zone=name)
        )
    return name


def _channel(chosen: Channel | None, addresses: tuple[TypedAddress, ...]) -> Channel:
    if chosen is None:
        return addresses[0].channel
    if chosen not in {address.channel for address in addresses}:
        if chosen is Channel.EMAIL:
            raise MemberError(
                "email", say("They asked for email: give an email address, or choose the other way.")
            )
        raise MemberError("phone", say("They asked for texts: give a phone number, or choose the other way."))
    return chosen


def _organizer(form: MemberForm, house: House) -> OrganizerId | None:
    if form.organizer_id:
        if form.organizer_id in house.organizers:
            return form.organizer_id
        raise MemberError(
            "organizer", say("This organizer is not active here. Choose another, or leave it open.")
        )
    if form.organizer_email.strip():
        wanted = house.keys.blind("organizer", form.organizer_email.strip().lower())
        for organizer_id, email_hash in house.organizers.items():
            if email_hash == wanted:
                return organizer_id
        raise MemberError(
            "organizer", say("No active organizer has this email. Invite them first, or leave it empty.")
        )
    return None
