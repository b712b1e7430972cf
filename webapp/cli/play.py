"""`porchlight play`: one member walks a sequence, in a terminal, in simulated time."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import indent
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select

from engine.actions import sequences as actions
from engine.clock import SystemClock
from engine.rules.meanings import in_order
from engine.store import meanings, progress
from engine.store.messages import Message
from engine.store.progress import Walk
from engine.store.raw import Raw
from engine.vocabulary.ids import MemberId, SequenceId
from engine.vocabulary.words import Channel, ConversationState, Direction, Ending, EnrollmentState
from webapp.cli.sentences import Unable
from webapp.cli.sequences import read_files, show_mistakes
from webapp.town.letters import Mail, Text
from webapp.town.simulated import Town, TownOrganizer

_HORIZON = timedelta(days=400)
_ANSWERED_AFTER = timedelta(hours=3)
_UNITS = {"minute": "minutes", "hour": "hours", "day": "days"}
_ENDINGS = {
    Ending.LAST_STEP: "the last letter was sent",
    Ending.GOAL: "its goal is reached",
    Ending.REPLY: "a reply said that it is finished",
    Ending.STOPPED: "there is no address left that we may use",
    Ending.BY_ORGANIZER: "an organizer ended it",
    Ending.REMOVED_STEP: "the step they stood on is gone",
}


def _this_morning() -> datetime:
    """Ten or eleven where Ana lives: at night the first letter would wait for the next day."""
    return SystemClock().now().replace(hour=15, minute=0, second=0, microsecond=0)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", default="en", show_default=True, help="The member's language: en or es.")
@click.option("--channel", type=click.Choice([c.value for c in Channel]), default="email", show_default=True)
@click.option("--reply", "replies", multiple=True, help="What the member answers; again for the next letter.")
@click.option("--reply-after", default="1 hour", show_default=True, help="How long after the letter.")
def play(file: Path, language: str, channel: str, replies: tuple[str, ...], reply_after: str) -> None:
    """Walk the sequence in FILE and print every message. Translations beside it are read too."""
    files = read_files(tuple(_with_translations(file)))
    checked = actions.check(files)
    show_mistakes(checked.mistakes)
    if not checked.publishable:
        raise Unable("This sequence cannot be played yet; the lines above say what to mend.")
    wait = duration(reply_after)
    with tempfile.TemporaryDirectory(prefix="porchlight-play-") as folder:
        town = Town.at(Path(folder), _this_morning())
        organizer = town.organizer("Rosa Delgado")
        member = town.joins(
            "Ana",
            email="ana@correorio.example",
            phone="+18025550120",
            neighborhood="Alder Hill",
            language=language,
            channel=Channel(channel),
        )
        Stage(town, member, organizer, list(replies), wait).play(town.publishes(files))


def duration(text: str) -> timedelta:
    """`90 minutes`, `2 hours`, `1 day`. Raises Unable."""
    found = re.fullmatch(r"\s*(\d{1,4})\s*(minute|hour|day)s?\s*", text)
    if found is None:
        raise Unable(f"“{text}” is not a length of time. Write it as “90 minutes”, “2 hours” or “1 day”.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _with_translations(file: Path) -> Iterator[Path]:
    yield file
    if "." not in file.stem:
        yield from sorted(file.parent.glob(f"{file.stem}.*.md"))


@dataclass
class Stage:
    """A walk under way, and what has been printed of it."""

    town: Town
    member: MemberId
    organizer: TownOrganizer
    replies: list[str]
    wait: timedelta
    shown: set[str] = field(default_factory=set)
    begins: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.begins = self.town.clock.now()

    def play(self, sequence: SequenceId) -> None:
        self.town.enrolls(sequence, self.member)
        self._show_new()
        while not self._is_over(sequence) and (moment := self.town.next_due()) is not None:
            if moment - self.begins > _HORIZON:
                break
            self.town.pass_until(moment)
            self._show_new()
        self._say_end(sequence)

    def _is_over(self, sequence: SequenceId) -> bool:
        walk = self._walk(sequence)
        return walk is None or walk.state is EnrollmentState.ENDED

    def _walk(self, sequence: SequenceId) -> Walk | None:
        with self.town.rt.reading() as session:
            walks = progress.walks_of(session, self.member)
        return next((walk for walk in walks if walk.sequence_id == sequence), None)

    def _show_new(self) -> None:
        """Prints what came; then the member answers, if there are words left, and a person answers them."""
        while new := self._new():
            for message in new:
                self.shown.add(message.name)
                self._show(message)
            if self.replies:
                self._reply(self.replies.pop(0))

    def _new(self) -> list[Mail | Text]:
        come: list[Mail | Text] = [*self.town.mailbox(self.member), *self.town.phone(self.member)]
        return sorted((m for m in come if m.name not in self.shown), key=lambda message: message.at)

    def _reply(self, words: str) -> None:
        self.town.pass_until(self.town.clock.now() + self.wait)
        self.town.replies(self.member, words)
        click.echo()
        click.secho(f"{self._when(self.town.clock.now())} · Ana replies", fg="cyan", bold=True)
        click.echo(indent(words, "    "))
        click.secho(indent(self._understood(), "    "), fg="yellow")
        talk = self.town.conversation(self.member)
        if talk is not None and talk.state is ConversationState.OPEN:
            self._a_person_answers()

    def _a_person_answers(self) -> None:
        self.town.pass_until(self.town.clock.now() + _ANSWERED_AFTER)
        talk = self.town.conversation(self.member)
        if talk is not None and talk.state is ConversationState.OPEN:
            self.organizer.closes(self.member)
            click.secho(
                f"{self._when(self.town.clock.now())} · a person answers, and the walk goes on", fg="yellow"
            )

    def _understood(self) -> str:
        """What the machine made of the newest reply."""
        query = (
            select(Message.id, Raw.outcome)
            .join(Raw, Raw.id == Message.raw_id)
            .where(Message.member_id == self.member, Message.direction == Direction.IN)
            .order_by(Message.at.desc(), Message.id.desc())
            .limit(1)
        )
        with self.town.rt.reading() as session:
            message_id, outcome = session.execute(query).one()
            read = meanings.of_messages(session, [message_id]).get(message_id)
        senses = " ".join(in_order(read.senses)) if read else ""
        return f"understood as: {senses or 'words for a person'} → {str(outcome).replace('_', ' ')}"

    def _show(self, message: Mail | Text) -> None:
        click.echo()
        if isinstance(message, Mail):
            click.secho(f"{self._when(message.at)} · email · {message.subject}", fg="green", bold=True)
            click.echo(indent(message.text.strip(), "    "))
            return
        count = f"{message.segments} segment" + ("s" if message.segments != 1 else "")
        click.secho(f"{self._when(message.at)} · text · {count}", fg="green", bold=True)
        click.echo(indent(message.body, "    "))

    def _when(self, moment: datetime) -> str:
        zone = ZoneInfo(self.town.person(self.member).zone)
        local = moment.astimezone(zone)
        day = (local.date() - self.begins.astimezone(zone).date()).days + 1
        return f"Day {day} · {local:%a %d %b %H:%M}"

    def _say_end(self, sequence: SequenceId) -> None:
        walk = self._walk(sequence)
        click.echo()
        if walk is None or walk.ending is None:
            click.secho("The walk goes on, but nothing comes by itself any more.", bold=True)
        else:
            click.secho(
                f"{self._when(self.town.clock.now())} · The walk ends: {_ENDINGS[walk.ending]}.", bold=True
            )
