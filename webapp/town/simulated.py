"""A town in simulated time: the real engine, a clock that stands still until it is moved, and verbs
that read as sentences. Story tests, `porchlight seed` and `porchlight play` are written with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict, Unpack

from engine.actions import community, conversations, enrollments, members, on_call, organizers, sequences
from engine.actions.community import CommunityForm
from engine.actions.conversations import ReplyDraft
from engine.actions.members import MemberForm
from engine.actions.on_call import CareForm, Turn
from engine.actions.organizers import OrganizerForm
from engine.clock import SeededIds, SimulatedClock
from engine.gateways.postoffice import Mailbox
from engine.privacy.sealed import KeyRing
from engine.queues import InlineQueue
from engine.runtime import Runtime
from engine.settings import Settings, read_settings
from engine.store import conversations as talks
from engine.store import organizers as store
from engine.store import people
from engine.store.conversations import Conversation
from engine.store.migrations import migrate
from engine.store.people import Person
from engine.vocabulary.ids import MemberId, OrganizerId, SequenceId
from engine.vocabulary.words import Channel, Outcome, Role
from webapp.town import hands, letters, passing
from webapp.town.hands import Writer
from webapp.town.letters import Mail, Text
from webapp.town.writing import Style
from webapp.wiring import build_runtime

BEGINS = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
RIVER_NEIGHBORS = CommunityForm("River Neighbors", "12 Alder Street, Riverbend, VT 05000")


class Known(TypedDict, total=False):
    """What else may be known of a member; the fields of `MemberForm`."""

    last_name: str
    email: str
    phone: str
    neighborhood: str
    language: str
    zone: str
    channel: Channel | None
    tags: tuple[str, ...]
    organizer_id: OrganizerId | None


@dataclass(frozen=True)
class Town:
    """`rt` is a whole Runtime; `clock` is its clock."""

    rt: Runtime
    clock: SimulatedClock

    @classmethod
    def over(cls, settings: Settings, begins: datetime, seed: int = 0) -> "Town":
        """On an existing database and key file. Raises SettingsError, KeyFileError."""
        clock = SimulatedClock(begins)
        rt = replace(build_runtime(settings, clock), ids=SeededIds(clock, seed), queue=InlineQueue())
        return cls(rt, clock)

    @classmethod
    def at(
        cls,
        folder: Path,
        begins: datetime = BEGINS,
        form: CommunityForm = RIVER_NEIGHBORS,
        database_url: str = "",
    ) -> "Town":
        """A new town in an empty folder: fresh keys, one community; SQLite, or the database named."""
        settings = read_settings({"PORCHLIGHT_DATA": str(folder / "town"), "DATABASE_URL": database_url})
        settings.data.mkdir(parents=True)
        KeyRing.fresh().save(settings.key_file)
        town = cls.over(settings, begins)
        migrate(town.rt.database)
        community.found(town.rt, form)
        return town

    # --- who lives here -----------------------------------------------------------------------

    def joins(self, first_name: str, **known: Unpack[Known]) -> MemberId:
        """A member with consent for each address: `joins("Ana", email=…, phone=…, language="es")`."""
        return members.add(self.rt, MemberForm(first_name=first_name, **known), how="sign-up")

    def organizer(self, name: str, role: Role = Role.ORGANIZER, *, language: str = "en") -> "TownOrganizer":
        """The organizer of this name, invited at the first mention."""
        email = f"{name.split()[0].lower()}@rivernbrs.example"
        known = _find_organizer(self.rt, email)
        if known is None:
            organizers.invite(self.rt, OrganizerForm(name, email, role, language))
        return TownOrganizer(self, known or organizer_id(self.rt, email))

    def calls(self, *who: "TownOrganizer") -> None:
        """These are on call from now on, the first one first."""
        turns = tuple(Turn(each.id) for each in who)
        on_call.edit(self.rt, CareForm(turns), by="cli")

    def person(self, member: MemberId) -> Person:
        with self.rt.reading() as session:
            found = people.person(session, member)
        if found is None:
            raise LookupError("Nobody of this id lives here.")
        return found

    # --- sequences ----------------------------------------------------------------------------

    def publishes(self, files: Mapping[str, str]) -> SequenceId:
        """Publishes one sequence and its translations: file name without ending -> text."""
        published = sequences.publish(self.rt, files)
        if published.sequence_id is None:
            said = [
                f"{name}.md, line {m.line}: {m.what}"
                for name, all_ in published.mistakes.items()
                for m in all_
            ]
            raise ValueError("\n".join(said))
        return published.sequence_id

    def enrolls(self, sequence: SequenceId, *who: MemberId) -> None:
        enrollments.enroll(self.rt, sequence, who)
        self.settle()

    # --- time ---------------------------------------------------------------------------------

    def pass_time(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Jumps from one due moment to the next, and does all that is due at each."""
        self.pass_until(self.clock.now() + timedelta(days=days, hours=hours, minutes=minutes))

    def pass_until(self, moment: datetime) -> None:
        passing.pass_until(self.rt, moment, self.clock.set)

    def next_due(self) -> datetime | None:
        return passing.next_due(self.rt)

    def settle(self) -> None:
        """Does everything there is to do at this moment."""
        passing.settle(self.rt)

    # --- mailboxes and phones -----------------------------------------------------------------

    def mailbox(self, member: MemberId) -> list[Mail]:
        """The letters that came, in the order they came."""
        return [mail for mail in reversed(letters.mails(self._box(member, Channel.EMAIL))) if not mail.sent]

    def phone(self, member: MemberId) -> list[Text]:
        """The texts that came, in the order they came."""
        return [text for text in reversed(letters.texts(self._box(member, Channel.SMS))) if not text.sent]

    def replies(
        self, member: MemberId, words: str, *, channel: Channel | None = None, style: Style = Style.GMAIL
    ) -> None:
        """Answers the newest letter or text, on the channel it came by unless another is named."""
        mailbox, phone = self.mailbox(member), self.phone(member)
        if channel is None:
            by_mail = bool(mailbox) and (not phone or mailbox[-1].at >= phone[-1].at)
            channel = Channel.EMAIL if by_mail else Channel.SMS
        writer = self.writer(member, channel, style)
        if channel is Channel.EMAIL:
            hands.answer_letter(self.rt, writer, mailbox[-1], words)
        else:
            hands.send_text(self.rt, writer, words)
        self.settle()

    def loses_address(self, member: MemberId) -> None:
        """The member's mail server sends the newest letter back for good."""
        hands.bounce(self.rt, self.writer(member, Channel.EMAIL), self.mailbox(member)[-1])
        self.settle()

    def clicks_unsubscribe(self, member: MemberId) -> int:
        """The mail program's own button (RFC 8058) on the newest letter; returns the HTTP status."""
        from webapp.app import create_app  # the dashboard is big, and most towns never need it

        link = self.mailbox(member)[-1].one_click
        assert link is not None, "The newest letter has no one-click unsubscribe."
        status = hands.press_one_click(create_app(self.rt), link)
        self.settle()
        return status

    def writer(self, member: MemberId, channel: Channel, style: Style = Style.GMAIL) -> Writer:
        person = self.person(member)
        return Writer(person.name, person.address(channel), person.language, person.zone, style)

    def _box(self, member: MemberId, channel: Channel) -> Mailbox:
        address = self.person(member).address(channel)
        return Mailbox.of(self.rt.settings.postoffice, channel, address)

    # --- conversations ------------------------------------------------------------------------

    def conversation(self, member: MemberId) -> Conversation | None:
        """The member's one conversation that is not closed."""
        with self.rt.reading() as session:
            return talks.not_closed(session, member)


@dataclass(frozen=True)
class TownOrganizer:
    """An organizer of the town, with hands."""

    town: Town
    id: OrganizerId

    def answers(
        self, member: MemberId, words: str, *, channel: Channel | None = None, close: bool = False
    ) -> None:
        """Answers the member's conversation, in the channel they last used unless another is named."""
        talk = self._talk(member)
        draft = ReplyDraft(talk.id, self.id, channel or talk.last_channel, words, talk.version, close)
        conversations.reply(self.town.rt, draft)
        self.town.settle()

    def closes(self, member: MemberId, outcome: Outcome = Outcome.ANSWERED) -> None:
        conversations.close(self.town.rt, self._talk(member).id, outcome, by=self.id)
        self.town.settle()

    def _talk(self, member: MemberId) -> Conversation:
        talk = self.town.conversation(member)
        if talk is None:
            raise LookupError("This member has no conversation that is not closed.")
        return talk


def organizer_id(rt: Runtime, email: str) -> OrganizerId:
    """Raises LookupError."""
    found = _find_organizer(rt, email)
    if found is None:
        raise LookupError("There is no such organizer.")
    return found


def _find_organizer(rt: Runtime, email: str) -> OrganizerId | None:
    with rt.reading() as session:
        found = store.by_email(session, rt.keys.blind("organizer", email))
    return found.id if found else None
