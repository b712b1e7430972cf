"""The people of the sample town, read from their files."""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from importlib import resources
from typing import Any

from engine.actions.community import CommunityForm
from engine.actions.members import MemberForm
from engine.actions.organizers import OrganizerForm
from engine.vocabulary.words import Channel, Role


@dataclass(frozen=True)
class Resident:
    """`day`: of the two weeks in which they join; 0: they were here before."""

    form: MemberForm
    organizer: str
    day: int

    @property
    def name(self) -> str:
        return f"{self.form.first_name} {self.form.last_name}"


@dataclass(frozen=True)
class LetterPlan:
    day: int
    at: time
    by: str
    audience: str
    language: str
    subject: str
    body: str
    text: str


@dataclass(frozen=True)
class Deed:
    """Something a person does: a reply, an organizer's answer, a bounce, a stranger's letter."""

    kind: str  # replies, answers, bounces, strangers
    who: str
    day: int
    at: time
    words: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Everything that is to happen in the sample town."""

    community: CommunityForm
    organizers: Mapping[str, OrganizerForm]
    residents: Sequence[Resident]
    letters: Sequence[LetterPlan]
    deeds: Sequence[Deed]


def read_plan() -> Plan:
    town = tomllib.loads(_text("river_neighbors.toml"))
    return Plan(
        community=CommunityForm(**town["community"]),
        organizers={each["key"]: _organizer(each) for each in town["organizers"]},
        residents=[_resident(row) for row in csv.DictReader(_text("people.csv").splitlines())],
        letters=[LetterPlan(**(each | {"at": time.fromisoformat(each["at"])})) for each in town["letters"]],
        deeds=[
            _deed(kind, each)
            for kind in ("replies", "answers", "bounces", "strangers")
            for each in town[kind]
        ],
    )


def _text(name: str) -> str:
    return resources.files("webapp.town").joinpath(name).read_text(encoding="utf-8")


def _organizer(each: Mapping[str, str]) -> OrganizerForm:
    known = {name: value for name, value in each.items() if name not in ("key", "role")}
    return OrganizerForm(role=Role(each.get("role", Role.ORGANIZER)), **known)


def _resident(row: Mapping[str, str]) -> Resident:
    form = MemberForm(
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        neighborhood=row["neighborhood"],
        language=row["language"],
        zone=row["zone"],
        channel=Channel(row["channel"]),
        tags=tuple(tag for tag in row["tags"].split(";") if tag),
    )
    return Resident(form, row["organizer"], int(row["day"]))


def _deed(kind: str, each: Mapping[str, Any]) -> Deed:
    common = ("who", "name", "day", "at", "words")
    return Deed(
        kind=kind,
        who=each.get("who") or each["name"],
        day=each["day"],
        at=time.fromisoformat(each["at"]),
        words=str(each.get("words", "")).strip(),
        more={name: value for name, value in each.items() if name not in common},
    )
