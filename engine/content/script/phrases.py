"""The closed lists of phrases that settings take, read and written. docs/sequences.md teaches them."""

import re
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from difflib import get_close_matches
from typing import assert_never

from engine.vocabulary.script import (
    Act,
    Audience,
    Day,
    Everyone,
    Finish,
    Goal,
    GoTo,
    HasReplied,
    HasTag,
    JoinedWithin,
    Later,
    NextDay,
    NotBuiltYet,
    OnDate,
    PersonAnswers,
    ReachedBy,
    RememberAs,
    Replied,
    RightAway,
    Speaks,
    Tagged,
    When,
)
from engine.vocabulary.sentences import Sentence, say

# Every form there is, with words of an example in it.
WHEN_FORMS = (
    "right away",
    "30 minutes later",
    "2 hours later",
    "3 days later, at 10:00",
    "2 weeks later, at 10:00",
    "next Saturday, at 10:00",
    "on 2026-12-01, at 10:00",
)
AUDIENCE_FORMS = (
    "everyone",
    "people who joined in the last 14 days",
    "people tagged gardeners",
    "people not tagged gardeners",
    "people who read Spanish",
    "people we reach by email",
    "people we reach by text",
    "people who have replied",
    "people who have not replied",
)
GOAL_FORMS = ("has replied", "is tagged gardeners", "has a buddy")
ACT_FORMS = ("a person answers", "go to company", "remember as gardeners", "finish")
LATER_FORMS = ("find a buddy", "their buddy answers", "join circle", "sign up for")

LANGUAGES = {"English": "en", "Spanish": "es"}
_DAY_NAMES = {
    "monday": Day.MON, "tuesday": Day.TUE, "wednesday": Day.WED, "thursday": Day.THU,
    "friday": Day.FRI, "saturday": Day.SAT, "sunday": Day.SUN,
}  # fmt: skip
_UNITS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}
_AT = r"(?:, at (?P<at>\d{1,2}:\d{2}))?"


class PhraseMistake(ValueError):
    """`mend` says what to write instead."""

    def __init__(self, what: Sentence, mend: Sentence) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


def clock_time(text: str) -> time:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise PhraseMistake(
            say("“%(text)s” is not a time of day.", text=text.strip()),
            say("Write hours and minutes, such as 9:30 or 18:00."),
        )
    return time(int(found[1]), int(found[2]))


def when(text: str) -> When:
    """`right away`, `3 days later, at 10:00`, `next Saturday, at 10:00`, `on 2026-12-01, at 10:00`."""
    phrase = " ".join(text.split())
    if phrase.lower() == "right away":
        return RightAway()
    for pattern, make in _WHENS.items():
        found = re.fullmatch(pattern, phrase, re.IGNORECASE)
        if found is not None:
            return make(found)
    raise PhraseMistake(say("“%(phrase)s” is not a moment we know.", phrase=phrase), _one_of(WHEN_FORMS))


def _one_of(forms: Sequence[str]) -> Sentence:
    return say("Write one of: %(forms)s.", forms=" · ".join(forms))


def _meant(phrase: str, forms: Sequence[str]) -> Sentence:
    near = get_close_matches(phrase, forms, 1, 0.5)
    return say("Did you mean “%(near)s”?", near=near[0]) if near else _one_of(forms)


def _later(found: re.Match[str]) -> When:
    unit = _UNITS[found["unit"].lower()]
    wait = timedelta(**{unit: int(found["number"])})
    at = clock_time(found["at"]) if found["at"] else None
    if at is not None and unit not in ("days", "weeks"):
        raise PhraseMistake(
            say("“, at %(at)s” goes with days and weeks only.", at=found["at"]),
            say("Leave the time of day out."),
        )
    if not timedelta(0) < wait <= timedelta(days=730):
        raise PhraseMistake(
            say("A step comes between a minute and two years later."), say("Choose a number in between.")
        )
    return Later(wait, at)


def _next_day(found: re.Match[str]) -> When:
    return NextDay(weekday(found["day"]), clock_time(found["at"]) if found["at"] else None)


def _on_date(found: re.Match[str]) -> When:
    try:
        day = date.fromisoformat(found["date"])
    except ValueError as error:
        raise PhraseMistake(
            say("“%(date)s” is not in the calendar.", date=found["date"]), say("Write it as 2026-12-01.")
        ) from error
    return OnDate(day, clock_time(found["at"]) if found["at"] else None)


_WHENS: dict[str, Callable[[re.Match[str]], When]] = {
    rf"(?P<number>\d{{1,5}}) (?P<unit>minute|hour|day|week)s? later{_AT}": _later,
    rf"next (?P<day>\w+){_AT}": _next_day,
    rf"on (?P<date>\d{{4}}-\d{{2}}-\d{{2}}){_AT}": _on_date,
}


def weekday(text: str) -> Day:
    """Monday or Mon, in any case."""
    word = text.strip().lower()
    for name, day in _DAY_NAMES.items():
        if word in (name, name[:3]):
            return day
    near = get_close_matches(word, [*_DAY_NAMES, *(name[:3] for name in _DAY_NAMES)], 1)
    hint = (
        say("Did you mean %(near)s?", near=near[0].capitalize())
        if near
        else say("Write Mon, Tue, Wed, Thu, Fri, Sat or Sun.")
    )
    raise PhraseMistake(say("“%(text)s” is not a day of the week.", text=text.strip()), hint)


def audience(text: str) -> Audience:
    """What `For:` and `Only for:` take."""
    phrase = " ".join(text.split())
    lower = phrase.lower()
    fixed = _AUDIENCES.get(lower)
    if fixed is not None:
        return fixed
    if found := re.fullmatch(r"people who joined in the last (\d{1,4}) days?", lower):
        return JoinedWithin(int(found[1]))
    if found := re.fullmatch(r"people (not )?tagged (.{1,60})", lower):
        return Tagged(found[2].strip(), has=found[1] is None)
    if found := re.fullmatch(r"people who read (\w+)", lower):
        return Speaks(_language(found[1]))
    raise PhraseMistake(
        say("“%(phrase)s” names nobody we know.", phrase=phrase), _meant(lower, AUDIENCE_FORMS)
    )


_AUDIENCES: dict[str, Audience] = {
    "everyone": Everyone(),
    "people who have replied": HasReplied(True),
    "people who have not replied": HasReplied(False),
    "people we reach by email": ReachedBy("email"),
    "people we reach by text": ReachedBy("sms"),
}


def _language(word: str) -> str:
    known = {name.lower(): code for name, code in LANGUAGES.items()}
    if word in known:
        return known[word]
    if re.fullmatch(r"[a-z]{2}", word):
        return word
    raise PhraseMistake(
        say("We do not know the language “%(word)s”.", word=word),
        say("Write %(languages)s, or its code.", languages=" or ".join(LANGUAGES)),
    )


def goal(text: str) -> Goal:
    """`has replied`, `is tagged gardeners`, or `has a …`, which is the tag of these very words."""
    phrase = " ".join(text.lower().split())
    if phrase == "has replied":
        return Replied()
    if found := re.fullmatch(r"is tagged (.{1,60})", phrase):
        return HasTag(found[1].strip())
    if re.fullmatch(r"has an? .{1,50}", phrase):
        return HasTag(phrase)
    raise PhraseMistake(say("“%(phrase)s” is not a goal we know.", phrase=phrase), _one_of(GOAL_FORMS))


def acts(text: str) -> tuple[Act, ...]:
    """`a person answers, then go to buddy`: one act, or several joined by "then"."""
    parts = [part.strip() for part in re.split(r",? then |, ?", " ".join(text.split())) if part.strip()]
    if not parts:
        raise PhraseMistake(
            say("This line says nothing about what happens."), say("Write what happens after the colon.")
        )
    return tuple(_act(part.removeprefix("then ").strip()) for part in parts)


def _act(text: str) -> Act:
    lower = text.lower()
    if lower.startswith("go to "):
        return GoTo(lower.removeprefix("go to ").strip())
    if lower.startswith("remember as "):
        return RememberAs(lower.removeprefix("remember as ").strip()[:60])
    if lower == "a person answers":
        return PersonAnswers()
    if lower == "finish":
        return Finish()
    if lower.startswith(LATER_FORMS):
        return NotBuiltYet(lower)
    raise PhraseMistake(
        say("“%(text)s” is nothing we can do.", text=text), _meant(lower, (*ACT_FORMS, *LATER_FORMS))
    )


# --- and back ---------------------------------------------------------------------------------


def spell_when(moment: When) -> str:
    match moment:
        case RightAway():
            return "right away"
        case Later(wait, at):
            return f"{_spell_wait(wait)} later{_spell_at(at)}"
        case NextDay(day, at):
            name = next(name for name, known in _DAY_NAMES.items() if known is day)
            return f"next {name.capitalize()}{_spell_at(at)}"
        case OnDate(day, at):
            return f"on {day.isoformat()}{_spell_at(at)}"
        case _ as other:
            assert_never(other)


def _spell_wait(wait: timedelta) -> str:
    minutes = int(wait.total_seconds() // 60)
    for unit, size in (("week", 10080), ("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes % size == 0:
            number = minutes // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    raise AssertionError("a wait is whole minutes")


def spell_time(at: time) -> str:
    return f"{at.hour}:{at.minute:02d}"


def _spell_at(at: time | None) -> str:
    return f", at {spell_time(at)}" if at is not None else ""


def spell_audience(people: Audience) -> str:
    match people:
        case JoinedWithin(days):
            return f"people who joined in the last {days} days"
        case Tagged(tag, has):
            return f"people {'' if has else 'not '}tagged {tag}"
        case Speaks(language):
            name = next((name for name, code in LANGUAGES.items() if code == language), language)
            return f"people who read {name}"
        case _:
            return next(phrase for phrase, known in _AUDIENCES.items() if known == people)


def spell_goal(aim: Goal) -> str:
    match aim:
        case Replied():
            return "has replied"
        case HasTag(tag):
            return tag if re.fullmatch(r"has an? .{1,50}", tag) else f"is tagged {tag}"
        case _ as other:
            assert_never(other)


def spell_acts(done: tuple[Act, ...]) -> str:
    return ", then ".join(_spell_act(act) for act in done)


def _spell_act(act: Act) -> str:
    match act:
        case GoTo(step):
            return f"go to {step}"
        case RememberAs(tag):
            return f"remember as {tag}"
        case PersonAnswers():
            return "a person answers"
        case Finish():
            return "finish"
        case NotBuiltYet(words):
            return words
        case _ as other:
            assert_never(other)
