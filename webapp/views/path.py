"""The path of silence in words: when a step comes, for whom, and what each reply does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import assert_never

from engine.vocabulary.script import (
    Act,
    Audience,
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
    ReplyRule,
    RightAway,
    Script,
    Speaks,
    Tagged,
    When,
)
from webapp.speech import _, day_name, language_name, ngettext, wall_time, weekday_name


@dataclass(frozen=True)
class Stop:
    """One step on the path, in words."""

    name: str
    subject: str
    body: str
    when: str
    only_for: str
    replies: tuple[tuple[str, str], ...]  # what was meant, what happens
    has_text: bool


def path_of(script: Script) -> list[Stop]:
    return [
        Stop(
            name=step.name,
            subject=step.subject,
            body=step.body,
            when=when_in_words(step.when),
            only_for=audience_in_words(step.only_for) if step.only_for else "",
            replies=tuple((_meant(rule), _acts_in_words(rule.acts)) for rule in step.replies),
            has_text=step.text is not None,
        )
        for step in script.steps
    ]


def when_in_words(when: When) -> str:
    match when:
        case RightAway():
            return _("right away")
        case Later(wait, at):
            return _("%(wait)s later", wait=_wait(wait)) + _at(at)
        case NextDay(day, at):
            return _("next %(day)s", day=weekday_name(day)) + _at(at)
        case OnDate(day, at):
            return _("on %(day)s", day=day_name(day)) + _at(at)
        case _:
            assert_never(when)


def _wait(wait: timedelta) -> str:
    minutes = int(wait.total_seconds()) // 60
    if minutes % 1440 == 0:
        return ngettext("%(num)s day", "%(num)s days", minutes // 1440)
    if minutes % 60 == 0:
        return ngettext("%(num)s hour", "%(num)s hours", minutes // 60)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def _at(at: time | None) -> str:
    return "" if at is None else _(", at %(time)s", time=wall_time(at))


def audience_in_words(audience: Audience) -> str:
    match audience:
        case Everyone():
            return _("everyone")
        case JoinedWithin(days):
            return ngettext(
                "people who joined in the last day", "people who joined in the last %(num)s days", days
            )
        case Tagged(tag, has):
            return _("people tagged “%(tag)s”", tag=tag) if has else _("people not tagged “%(tag)s”", tag=tag)
        case Speaks(language):
            return _("people who read %(language)s", language=language_name(language))
        case HasReplied(replied):
            return _("people who have replied") if replied else _("people who have not replied")
        case ReachedBy(channel):
            return _("people we reach by text") if channel == "sms" else _("people we reach by email")
        case _:
            assert_never(audience)


def goal_in_words(goal: Goal) -> str:
    match goal:
        case HasTag(tag):
            return _("is tagged “%(tag)s”", tag=tag)
        case Replied():
            return _("has replied")
        case _:
            assert_never(goal)


def _meant(rule: ReplyRule) -> str:
    return ", ".join(rule.phrases) or _("anything else")


def _acts_in_words(acts: Iterable[Act]) -> str:
    return _(", then ").join(_act_in_words(act) for act in acts)


def _act_in_words(act: Act) -> str:
    match act:
        case GoTo(step):
            return _("go to “%(step)s”", step=step)
        case PersonAnswers():
            return _("a person answers")
        case Finish():
            return _("the walk is finished")
        case RememberAs(tag):
            return _("they are tagged “%(tag)s”", tag=tag)
        case NotBuiltYet(words):
            return _("a person answers (“%(words)s” comes in a later release)", words=words)
        case _:
            assert_never(act)
