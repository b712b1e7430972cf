"""The desk of the pretend post office: whose mailboxes and phones there are, what lies in them, what
their owners write, and what time it is. Raises PostofficeClosed wherever a real gateway is configured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from engine.clock import PushedClock
from engine.gateways import postoffice
from engine.gateways.postoffice import Mailbox
from engine.runtime import Runtime
from engine.store import addresses, people, team
from engine.store.people import Person
from engine.vocabulary.words import Channel
from inbound.sources.postoffice import require_open
from webapp.town import hands, letters, passing
from webapp.town.hands import Writer
from webapp.town.letters import Mail, Text
from webapp.town.writing import Style


class Push(StrEnum):
    """How far the clock can be pushed."""

    HOUR = "hour"
    DAY = "day"
    DUE = "due"  # to the next moment at which something happens by itself


_FAR = {Push.HOUR: timedelta(hours=1), Push.DAY: timedelta(days=1)}


@dataclass(frozen=True)
class Box:
    """A mailbox or phone with its owners: members (two may share a phone), an organizer, or a stranger."""

    key: str
    channel: Channel
    address: str
    owners: tuple[Person, ...]
    organizer: str  # whose mailbox it is, if an organizer's
    unread: int
    newest: datetime | None

    @property
    def name(self) -> str:
        """Two who share a phone and a last name read as “Inés & Oscar Valverde”."""
        lasts = {owner.last_name for owner in self.owners}
        if len(self.owners) > 1 and len(lasts) == 1:
            return " & ".join(owner.first_name for owner in self.owners) + f" {lasts.pop()}"
        return " & ".join(owner.name for owner in self.owners) or self.organizer or self.address

    @property
    def language(self) -> str:
        return self.owners[0].language if self.owners else "en"

    @property
    def zone(self) -> str | None:
        """None: the community's."""
        return self.owners[0].zone if self.owners else None


def boxes(rt: Runtime, channel: Channel) -> list[Box]:
    """Every mailbox or phone, the one with the newest letter first."""
    require_open(rt)
    found = _with_owners(rt, postoffice.mailboxes(rt.settings.postoffice, channel))
    return sorted(found, key=lambda box: box.newest.timestamp() if box.newest else 0.0, reverse=True)


def box(rt: Runtime, channel: Channel, key: str) -> Box | None:
    require_open(rt)
    found = postoffice.mailbox(rt.settings.postoffice, channel, key)
    return None if found is None else _with_owners(rt, [found])[0]


def beside(rt: Runtime, other: Box, channel: Channel) -> Box | None:
    """The same member's phone beside their mailbox, or the mailbox beside the phone."""
    root = rt.settings.postoffice
    keys = (
        Mailbox.of(root, channel, address).key for each in other.owners if (address := each.address(channel))
    )
    return next((found for key in keys if (found := box(rt, channel, key)) is not None), None)


def mails(rt: Runtime, box: Box) -> list[Mail]:
    """Newest first."""
    return letters.mails(_folder(rt, box))


def open_mail(rt: Runtime, box: Box, name: str) -> Mail | None:
    """One letter, which is read from now on."""
    folder = _folder(rt, box)
    found = letters.mail(folder, name)
    if found is not None and not found.read:
        folder.mark_read(name)
    return found


def open_texts(rt: Runtime, box: Box) -> list[Text]:
    """The phone as it lies in the hand: oldest first, and all of it read from now on."""
    folder = _folder(rt, box)
    found = letters.texts(folder)
    for text in found:
        if not text.read:
            folder.mark_read(text.name)
    return found[::-1]


@dataclass(frozen=True)
class Draft:
    """What a pretend member writes."""

    words: str
    style: Style = Style.GMAIL
    signed: bool = False


def answer(rt: Runtime, box: Box, mail: Mail, draft: Draft) -> None:
    """Answers a letter; it is read and filed before this returns."""
    hands.answer_letter(rt, _writer(rt, box, draft), mail, draft.words)
    passing.settle(rt)


def send_text(rt: Runtime, box: Box, words: str) -> None:
    hands.send_text(rt, _writer(rt, box, Draft(words)), words)
    passing.settle(rt)


def town_clock(rt: Runtime) -> tuple[datetime, datetime | None]:
    """What time it is here, and when something happens by itself next."""
    return rt.clock.now(), passing.next_due(rt)


def push(rt: Runtime, far: Push) -> None:
    """Moves the clock of every process on. What is due on the way happens at its own moment."""
    require_open(rt)
    clock = rt.clock
    if not isinstance(clock, PushedClock):
        raise TypeError("This clock cannot be pushed.")
    until = passing.next_due(rt) if far is Push.DUE else clock.now() + _FAR[far]
    if until is not None:
        passing.pass_until(rt, until, lambda moment: _move(clock, moment))


def _move(clock: PushedClock, moment: datetime) -> None:
    clock.push(moment - clock.now())


def _writer(rt: Runtime, box: Box, draft: Draft) -> Writer:
    zone = box.zone or "America/New_York"
    return Writer(box.name, box.address, box.language, zone, draft.style, draft.signed)


def _folder(rt: Runtime, box: Box) -> Mailbox:
    return Mailbox.of(rt.settings.postoffice, box.channel, box.address)


def _with_owners(rt: Runtime, found: Sequence[Mailbox]) -> list[Box]:
    hashes = {mailbox.address: rt.keys.blind("address", mailbox.address) for mailbox in found}
    with rt.reading() as session:
        owners = addresses.owners_by_hash(session, list(hashes.values()))
        ids = {member_id for members in owners.values() for member_id in members}
        known = {each: person for each in ids if (person := people.person(session, each)) is not None}
        organizers = {each.email: each.name for each in team.everyone(session)}
    return [
        _box(mailbox, tuple(known[each] for each in owners.get(hashes[mailbox.address], ())), organizers)
        for mailbox in found
    ]


def _box(mailbox: Mailbox, owners: tuple[Person, ...], organizers: dict[str, str]) -> Box:
    lying = mailbox.letters()
    return Box(
        key=mailbox.key,
        channel=mailbox.channel,
        address=mailbox.address,
        owners=owners,
        organizer=organizers.get(mailbox.address, ""),
        unread=sum(not letter.read for letter in lying),
        newest=lying[0].at if lying else None,
    )
