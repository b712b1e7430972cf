"""What a whole Script must hold to: names that exist, jumps that go forward, words that may be asked for."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from engine.content import safe
from engine.content.safe import TemplateMistake
from engine.rules.folding import fold_words
from engine.vocabulary.reserved import RESERVED
from engine.vocabulary.script import GoTo, Gravity, HasReplied, Mistake, NotBuiltYet, ReplyRule, Script, Step
from engine.vocabulary.sentences import say

_HTML = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")
_LINK = re.compile(
    r"\]\([^()\s]{0,500}\{\{|^ {0,3}\[[^]\n]{1,200}\]: {0,9}[^\s{]{0,500}\{\{|<https?:[^<>\s{]{0,500}\{\{",
    re.M,
)
_PICTURE = re.compile(r"!\[")


def check(script: Script) -> list[Mistake]:
    """Every mistake that shows only once the file is read."""
    found = list(_of_script(script))
    for place, step in enumerate(script.steps):
        found += _of_step(script, step)
        for rule in step.replies:
            found += _of_reply(script, place, rule)
    return found


def _of_script(script: Script) -> Iterator[Mistake]:
    if isinstance(script.audience, HasReplied):
        yield Mistake(
            script.lines.get("audience", 1),
            say("Nobody has replied before a walk begins."),
            say("Use this phrase in `Only for:` of a step."),
        )
    yield from _template(script.sender, script.lines.get("sender", 1))
    seen: set[str] = set()
    for step in script.steps:
        if step.name in seen:
            yield Mistake(
                step.line,
                say("There are two steps called “%(name)s”.", name=step.name),
                say("Rename one of them."),
            )
        seen.add(step.name)


def _of_step(script: Script, step: Step) -> Iterator[Mistake]:
    if not step.subject and (step.body or script.translates is None):
        yield Mistake(
            step.line,
            say("“%(name)s” has no subject.", name=step.name),
            say("Add a line such as `Subject: The porch light is on`."),
        )
    if not step.body:
        yield Mistake(
            step.line,
            say("“%(name)s” has no letter.", name=step.name),
            say("Write it below the settings and an empty line."),
        )
    if step.text is None and script.translates is None:
        yield Mistake(
            step.line,
            say("“%(name)s” has no text form: members who chose texts will not get it.", name=step.name),
            say("Add `### text` with a short form of the letter."),
            Gravity.ADVICE,
        )
    if step.by_text and step.text is None:
        yield Mistake(
            step.lines.get("by_text", step.line),
            say("“%(name)s” goes as a text, but has no text form.", name=step.name),
            say("Add `### text`, or leave `By: text` out."),
        )
    for name, words in (("subject", step.subject), ("body", step.body), ("text", step.text or "")):
        yield from _template(words, step.lines.get(name, step.line))
    yield from _of_body(step)


def _of_body(step: Step) -> Iterator[Mistake]:
    first = step.lines.get("body", step.line)
    if found := _HTML.search(step.body):
        line = first + step.body.count("\n", 0, found.start())
        yield Mistake(
            line,
            say("There is HTML in “%(name)s”.", name=step.name),
            say("Write Markdown: **bold**, [a link](https://…)."),
        )
    if found := _LINK.search(step.body):
        line = first + step.body.count("\n", 0, found.end())
        yield Mistake(line, say("A link holds a variable."), say("Write the whole address of the link out."))
    if found := _PICTURE.search(step.body):
        line = first + step.body.count("\n", 0, found.start())
        yield Mistake(line, say("Letters carry no pictures."), say("Link to it: [the garden](https://…)."))


def _template(text: str, first: int) -> Iterator[Mistake]:
    """`first`: the line of the file where the text begins."""
    try:
        safe.read(text)
    except TemplateMistake as mistake:
        yield Mistake(first + mistake.line - 1, mistake.what, mistake.mend)


def _of_reply(script: Script, place: int, rule: ReplyRule) -> Iterator[Mistake]:
    for phrase in rule.phrases:
        if " ".join(fold_words(phrase)) in RESERVED:
            yield Mistake(
                rule.line,
                say(
                    "“%(phrase)s” belongs to the carriers: who texts it stops or starts everything.",
                    phrase=phrase,
                ),
                say("Ask for another word."),
            )
    for act in rule.acts:
        if isinstance(act, GoTo) and script.translates is None:
            yield from _jump(script, place, rule, act.step)
        if isinstance(act, NotBuiltYet):
            words = say(
                "“%(words)s” arrives in a later release; until then an organizer answers.", words=act.words
            )
            yield Mistake(rule.line, words, say("Nothing to mend."), Gravity.ADVICE)


def _jump(script: Script, place: int, rule: ReplyRule, step: str) -> Iterator[Mistake]:
    target = script.index(step)
    if target is None:
        near = get_close_matches(step, [known.name for known in script.steps], 1, 0.5)
        hint = say("Did you mean “%(near)s”?", near=near[0]) if near else say("Name a step below this one.")
        yield Mistake(rule.line, say("There is no step called “%(step)s”.", step=step), hint)
    elif target <= place:
        yield Mistake(
            rule.line,
            say("“go to %(step)s” goes back.", step=step),
            say("A walk only goes forward: name a step below this one."),
        )
