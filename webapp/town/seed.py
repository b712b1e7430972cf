"""The sample town: two weeks of River Neighbors, lived through by the real engine in simulated time.

Nothing is inserted where a person would have acted: members reply through the receiving code, and
organizers answer through the actions of the dashboard.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from engine.actions import community, letters, members, organizers, sequences
from engine.actions.letters import LetterForm
from engine.content.answers import read_answers
from engine.rules.alarm import ENOUGH
from engine.settings import Settings
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Channel
from webapp.town import hands
from webapp.town.hands import Writer
from webapp.town.residents import Deed, LetterPlan, Plan, Resident, read_plan
from webapp.town.simulated import Town, TownOrganizer, organizer_id
from webapp.town.sweeping import TownError, marker_of
from webapp.town.writing import Style

WEEKS = timedelta(days=14)
_LONG_AGO = timedelta(days=150)  # before now: when the first neighbors came
_BETWEEN_NEIGHBORS = timedelta(days=3)
_MORNING = time(9, 30)
_WORDING = "I would like to hear from River Neighbors."

Step = Callable[[int, int], None]


def seed(settings: Settings, now: datetime, step: Step = lambda done, total: None) -> None:
    """Fills a migrated, empty database so that the two weeks end at `now`. `step` is told how far it is.

    The same `now` and the same keys make the same town. Raises TownError, AnswersError before anything
    is made.
    """
    read_answers(settings.templates / "answers.en.md")
    letters = _letters(settings)
    marker = marker_of(settings)
    marker.touch()
    _Seeding(Town.over(settings, now - _LONG_AGO), read_plan(), letters, now).run(step)
    marker.unlink()


def _letters(settings: Settings) -> Mapping[str, str]:
    """The welcome and its translations: file name without ending -> text."""
    files = {
        path.stem: path.read_text(encoding="utf-8") for path in sorted(settings.sequences.glob("welcome*.md"))
    }
    if not sequences.check(files).publishable:
        raise TownError(
            f"The sample town begins with {settings.sequences / 'welcome.md'}, which is missing or has "
            "mistakes. Look with `porchlight sequences check`, or unset PORCHLIGHT_SEQUENCES."
        )
    return files


@dataclass
class _Seeding:
    town: Town
    plan: Plan
    letters: Mapping[str, str]
    now: datetime
    organizers: dict[str, TownOrganizer] = field(default_factory=dict)
    members: dict[str, MemberId] = field(default_factory=dict)

    def run(self, step: Step) -> None:
        self._found()
        before = [resident for resident in self.plan.residents if resident.day == 0]
        for resident in before:
            self._join(resident)
            self.town.clock.advance(_BETWEEN_NEIGHBORS)
        self.town.clock.set(self._moment(0, time(8, 0), self.plan.community.zone))
        self._publish()
        happenings = sorted(self._happenings(), key=lambda each: each[0])
        for done, (moment, act) in enumerate(happenings):
            step(done, len(happenings))
            self.town.pass_until(moment)
            act()
        self.town.pass_until(self.now)
        step(len(happenings), len(happenings))

    def _found(self) -> None:
        rt = self.town.rt
        community.found(rt, self.plan.community, sample=True)
        for key, form in self.plan.organizers.items():
            organizers.invite(rt, form, sample=True)
            self.organizers[key] = TownOrganizer(self.town, organizer_id(rt, form.email))
        self.town.calls(*list(self.organizers.values())[:ENOUGH])

    def _publish(self) -> None:
        self.town.publishes(self.letters)

    def _join(self, resident: Resident) -> None:
        form = replace(resident.form, organizer_id=self.organizers[resident.organizer].id)
        self.members[resident.name] = members.add(
            self.town.rt, form, how="sample", consent_wording=_WORDING, sample=True
        )

    def _happenings(self) -> list[tuple[datetime, Callable[[], None]]]:
        found: list[tuple[datetime, Callable[[], None]]] = []
        for resident in self.plan.residents:
            if resident.day:
                moment = self._moment(resident.day, _MORNING, resident.form.zone)
                found.append((moment, partial(self._join, resident)))
        for letter in self.plan.letters:
            moment = self._moment(letter.day, letter.at, self.plan.community.zone)
            found.append((moment, partial(self._send, letter)))
        for deed in self.plan.deeds:
            moment = self._moment(deed.day, deed.at, self._zone(deed))
            found.append((moment, partial(self._do, deed)))
        return found

    def _moment(self, day: int, at: time, zone: str) -> datetime:
        first = (self.now - WEEKS).astimezone(ZoneInfo(zone)).date()
        return datetime.combine(first + timedelta(days=day), at, ZoneInfo(zone))

    def _zone(self, deed: Deed) -> str:
        zones = {resident.name: resident.form.zone for resident in self.plan.residents}
        writes = deed.kind == "replies"
        return zones[deed.who] if writes else self.plan.community.zone

    def _send(self, letter: LetterPlan) -> None:
        form = LetterForm(
            subject=letter.subject,
            body=letter.body,
            text=letter.text.strip(),
            audience=letter.audience,
            language=letter.language,
        )
        by = self.organizers[letter.by].id
        letters.send(self.town.rt, letters.draft(self.town.rt, form, by=by), by=by)

    def _do(self, deed: Deed) -> None:
        match deed.kind:
            case "replies":
                self._reply(deed)
            case "answers":
                by = self.organizers[deed.more["by"]]
                by.answers(self.members[deed.who], deed.words, close=bool(deed.more.get("closes")))
            case "bounces":
                self.town.loses_address(self.members[deed.who])
            case _:
                stranger = Writer(deed.who, deed.more["address"])
                hands.write_letter(self.town.rt, stranger, self._hello(), deed.words)

    def _reply(self, deed: Deed) -> None:
        """By the channel they chose; who has no letter to answer yet writes to us all the same."""
        member = self.members[deed.who]
        channel = self.town.person(member).channel
        style = Style(deed.more.get("style", Style.GMAIL))
        if channel is Channel.EMAIL and not self.town.mailbox(member):
            hands.write_letter(
                self.town.rt, self.town.writer(member, channel, style), self._hello(), deed.words
            )
        else:
            self.town.replies(member, deed.words, channel=channel, style=style)

    def _hello(self) -> str:
        return f"hello@{self.town.rt.settings.mail_domain}"
