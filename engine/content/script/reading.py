"""A sequence file becomes a Script: never raises; what is wrong is said with its line and how to mend it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import time
from difflib import get_close_matches
from typing import Any

from engine.content.script import checking, phrases
from engine.content.script.phrases import PhraseMistake
from engine.vocabulary.script import Day, Gravity, Mistake, ReplyRule, RightAway, Script, Step, Window
from engine.vocabulary.sentences import Sentence, say

LONGEST_FILE = 400_000  # characters
MOST_MISTAKES = 200  # told at once
_FENCE = "---"
_STEP = re.compile(r"##(?!#) *(\S.*)")
_PART = re.compile(r"###+ *(\S.*)")
_SETTING = re.compile(r"([A-Za-z][A-Za-z ]{0,30}):(.*)")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
_LATER = ("Try", "Match", "Deadline", "Progress", "Allow")  # settings of a later release


@dataclass(frozen=True)
class Parsed:
    """`script` is None when nothing could be made of the file."""

    script: Script | None
    mistakes: tuple[Mistake, ...]

    @property
    def publishable(self) -> bool:
        return self.script is not None and all(m.gravity is not Gravity.ERROR for m in self.mistakes)


@dataclass
class _Page:
    """The lines of a file and the mistakes found in them so far."""

    lines: list[str]
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, line: int, what: Sentence, mend: Sentence, gravity: Gravity = Gravity.ERROR) -> None:
        self.mistakes.append(Mistake(line, what, mend, gravity))


def parse(text: str, name: str) -> Parsed:
    """Reads one file; `name` is the file's name without its ending."""
    page = _Page(_lines(text))
    if len(text) > LONGEST_FILE:
        page.wrong(
            len(page.lines),
            say("The file goes on after %(most)s characters.", most=f"{LONGEST_FILE:,}"),
            say("Make it shorter."),
        )
    body = _front_matter(page)
    if body is None:
        return Parsed(None, tuple(page.mistakes))
    settings, start = body
    notes, steps = _steps(page, start, translation=bool(settings.get("translates")))
    script = Script(name=name, notes=notes, steps=tuple(steps), **settings)
    page.mistakes += checking.check(script)
    return Parsed(script, _told(sorted(page.mistakes, key=lambda found: found.line)))


def _told(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    """As many as a person can look at; the last one stands for all that are left."""
    told, left = mistakes[:MOST_MISTAKES], mistakes[MOST_MISTAKES:]
    if left:
        worst = max((found.gravity for found in left), key=lambda gravity: gravity is Gravity.ERROR)
        told.append(
            Mistake(
                left[0].line,
                say("There are %(count)s more.", count=f"{len(left):,}"),
                say("Mend those above first."),
                worst,
            )
        )
    return tuple(told)


def _lines(text: str) -> list[str]:
    """Of any kind of line end; the mark some editors put before everything is dropped."""
    plain = text[:LONGEST_FILE].removeprefix("\ufeff")
    return plain.replace("\r\n", "\n").replace("\r", "\n").split("\n")


# --- settings ---------------------------------------------------------------------------------


def _front_matter(page: _Page) -> tuple[dict[str, Any], int] | None:
    """The file's settings as fields of Script, and the line after them."""
    if page.lines[0].strip() != _FENCE:
        page.wrong(
            1,
            say("The file does not begin with its settings."),
            say("Begin with a line of three dashes: ---"),
        )
        return None
    end = next((n for n, line in enumerate(page.lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        page.wrong(
            1, say("The settings never end."), say("Put a line of three dashes --- below the last setting.")
        )
        return None
    lines = [(n + 1, page.lines[n]) for n in range(1, end) if page.lines[n].strip()]
    fields = _settings(page, lines, _OF_FILE)
    window = _window(fields)
    if "title" not in fields["lines"]:
        page.wrong(1, say("The sequence has no title."), say("Add a line such as `Title: The porch light`."))
    return {"title": ""} | fields | {"window": window}, end + 1


def _window(fields: dict[str, Any]) -> Window:
    opens, closes = fields.pop("hours", (Window().opens, Window().closes))
    return Window(opens, closes, fields.pop("days", Window().days))


@dataclass(frozen=True)
class _Setting:
    field: str
    read: Callable[[str], Any]


def _settings(page: _Page, lines: Iterable[tuple[int, str]], known: dict[str, _Setting]) -> dict[str, Any]:
    """The fields they set, and as `lines` where each of them stands."""
    fields: dict[str, Any] = {"lines": {}}
    for line, text in lines:
        found = _SETTING.fullmatch(text.strip())
        if found is None:
            mend = say("Write a name, a colon and a value; a letter begins after an empty line.")
            page.wrong(line, say("“%(text)s” is not a setting.", text=text.strip()[:40]), mend)
            continue
        setting = _known(page, line, found[1].strip(), known)
        if setting is None:
            continue
        if setting.field in fields["lines"]:
            page.wrong(
                line, say("“%(name)s” stands here twice.", name=found[1]), say("Keep one of the two lines.")
            )
            continue
        fields["lines"][setting.field] = line
        try:
            fields[setting.field] = setting.read(found[2].strip())
        except PhraseMistake as mistake:
            page.wrong(line, mistake.what, mistake.mend)
    return fields


def _known(page: _Page, line: int, name: str, known: dict[str, _Setting]) -> _Setting | None:
    by_fold = {key.lower(): setting for key, setting in known.items()}
    setting = by_fold.get(name.lower())
    if setting is None:
        _unknown(page, line, name, list(known))
    return setting


def _unknown(page: _Page, line: int, name: str, known: list[str]) -> None:
    later = next((word for word in _LATER if word.lower() == name.lower()), None)
    if later is not None:
        page.wrong(
            line,
            say("“%(later)s:” arrives in a later release.", later=later),
            say("Leave this line out for now."),
        )
        return
    near = get_close_matches(name.lower(), [key.lower() for key in known], 1, 0.6)
    meant = next((key for key in known if near and key.lower() == near[0]), None)
    mend = (
        say("Did you mean “%(meant)s”?", meant=meant)
        if meant
        else say("Settings here are: %(known)s.", known=", ".join(known))
    )
    page.wrong(line, say("There is no setting called “%(name)s”.", name=name), mend)


def _words(text: str) -> str:
    if not text:
        raise PhraseMistake(
            say("This setting is empty."), say("Write something after the colon, or leave the line out.")
        )
    return text


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise PhraseMistake(say("“%(text)s” is neither yes nor no.", text=text), say("Write yes or no."))
    return text.lower() == "yes"


def _code(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", text):
        raise PhraseMistake(
            say("“%(text)s” is not a language code.", text=text), say("Write two letters, such as en or es.")
        )
    return text


def _hours(text: str) -> tuple[time, time]:
    first, dash, last = text.replace("–", "-").partition("-")
    if not dash:
        raise PhraseMistake(
            say("“%(text)s” is not a span of hours.", text=text), say("Write it as 9:00-19:30.")
        )
    opens, closes = phrases.clock_time(first), phrases.clock_time(last)
    if opens == closes:
        raise PhraseMistake(
            say("“%(text)s” leaves no time at all.", text=text), say("Write it as 9:00-19:30.")
        )
    return opens, closes


def _days(text: str) -> frozenset[Day]:
    return frozenset(phrases.weekday(word) for word in _words(text).split(","))


def _by(text: str) -> bool:
    if text.lower() not in ("text", "letter"):
        raise PhraseMistake(
            say("“%(text)s” is not a way to go.", text=text), say("Write `By: text`, or leave the line out.")
        )
    return text.lower() == "text"


_OF_FILE = {
    "Title": _Setting("title", _words),
    "For": _Setting("audience", phrases.audience),
    "From": _Setting("sender", _words),
    "Language": _Setting("language", _code),
    "Translates": _Setting("translates", _words),
    "Send between": _Setting("hours", _hours),
    "Days": _Setting("days", _days),
    "Goal": _Setting("goal", phrases.goal),
    "Sample": _Setting("sample", _yes),
}
_OF_STEP = {
    "When": _Setting("when", phrases.when),
    "Subject": _Setting("subject", _words),
    "Only for": _Setting("only_for", phrases.audience),
    "By": _Setting("by_text", _by),
}
SETTINGS = {"file": tuple(_OF_FILE), "step": tuple(_OF_STEP)}


# --- steps ------------------------------------------------------------------------------------


def _steps(page: _Page, start: int, *, translation: bool) -> tuple[str, list[Step]]:
    """The notes above the first step, and the steps."""
    heads = [n for n in range(start, len(page.lines)) if _STEP.fullmatch(page.lines[n].rstrip())]
    notes = "\n".join(page.lines[start : heads[0] if heads else len(page.lines)]).strip()
    if not heads:
        page.wrong(
            start + 1,
            say("There is no letter in this file."),
            say("Begin one with a line such as `## hello`."),
        )
    ends = [*heads, len(page.lines)][1:]
    return notes, [
        _step(page, head, end, translation=translation) for head, end in zip(heads, ends, strict=True)
    ]


def _step(page: _Page, head: int, end: int, *, translation: bool) -> Step:
    name = _step_name(page, head)
    first = _first_setting(page, head + 1, end)
    blank = next((n for n in range(first, end) if not page.lines[n].strip()), end)
    fields = _settings(page, [(n + 1, page.lines[n]) for n in range(first, blank)], _OF_STEP)
    parts, lines = _parts(page, blank, end)
    lines |= fields.pop("lines")
    if "when" not in lines and not translation:
        page.wrong(
            head + 1,
            say("“%(name)s” does not say when it comes.", name=name),
            say("Add a line such as `When: 3 days later, at 10:00`."),
        )
    return Step(
        name=name,
        when=fields.pop("when", RightAway()),
        subject=fields.pop("subject", ""),
        body=parts.get("body", ""),
        text=parts.get("text"),
        replies=_replies(page, blank, end),
        line=head + 1,
        lines=lines,
        **fields,
    )


def _first_setting(page: _Page, first: int, end: int) -> int:
    """An empty line below a step's name does not make a letter of its settings."""
    written = next((n for n in range(first, end) if page.lines[n].strip()), first)
    setting = _SETTING.fullmatch(page.lines[written].strip()) if written < end else None
    return written if setting and setting[1].strip().lower() in (name.lower() for name in _OF_STEP) else first


def _step_name(page: _Page, head: int) -> str:
    name = page.lines[head].lstrip("#").strip()
    if not _NAME.fullmatch(name):
        what = say("“%(name)s” cannot be the name of a step.", name=name[:60])
        page.wrong(head + 1, what, say("Use small letters, digits and dashes."))
    return name


def _parts(page: _Page, start: int, end: int) -> tuple[dict[str, str], dict[str, int]]:
    """The letter (`body`) and its text-message form, by name; and the line where each begins."""
    found: dict[str, list[str]] = {"body": []}
    begins: dict[str, int] = {}
    part = "body"
    for n in range(start, end):
        head = _PART.fullmatch(page.lines[n].rstrip())
        if head is None:
            found[part].append(page.lines[n])
            if page.lines[n].strip():
                begins.setdefault(part, n + 1)
            continue
        part = head[1].strip().lower()
        if part not in ("text", "replies"):
            near = get_close_matches(part, ("text", "replies"), 1, 0.6)
            mend = (
                say("Did you mean “### %(near)s”?", near=near[0])
                if near
                else say("There are `### text` and `### replies`.")
            )
            page.wrong(n + 1, say("A letter has no part called “%(part)s”.", part=head[1].strip()[:60]), mend)
        elif part in found:
            page.wrong(n + 1, say("“### %(part)s” stands here twice.", part=part), say("Put both into one."))
        found.setdefault(part, [])
    return {part: "\n".join(found[part]).strip() for part in begins}, begins


def _replies(page: _Page, start: int, end: int) -> tuple[ReplyRule, ...]:
    heads = [n for n in range(start, end) if re.fullmatch(r"###+ *replies", page.lines[n].strip().lower())]
    if not heads:
        return ()
    rules = []
    for n in range(heads[0] + 1, end):
        text = page.lines[n].strip()
        if text.startswith("###"):
            break
        if text:
            rule = _reply(page, n + 1, text)
            rules += [rule] if rule is not None else []
    return tuple(rules)


def _reply(page: _Page, line: int, text: str) -> ReplyRule | None:
    meant, colon, happens = text.removeprefix("-").partition(":")
    if not text.startswith("-") or not colon:
        page.wrong(line, say("This is not a line of replies."), say("Write `- yes, sure: go to buddy`."))
        return None
    said = tuple(" ".join(phrase.lower().split()) for phrase in meant.split(",") if phrase.strip())
    if not said:
        page.wrong(
            line,
            say("This line does not say what was meant."),
            say("Write `- anything else: a person answers`."),
        )
        return None
    try:
        return ReplyRule(() if said == ("anything else",) else said, phrases.acts(happens), line)
    except PhraseMistake as mistake:
        page.wrong(line, mistake.what, mistake.mend)
        return None
