"""A Script becomes its file again: `parse(write(script))` is the same script, line numbers aside."""

from collections.abc import Iterator

from engine.content.script import phrases
from engine.vocabulary.script import USUAL_SENDER, Day, ReplyRule, Script, Step, Window


def write(script: Script) -> str:
    blocks = ["\n".join(["---", *_settings(script), "---"])]
    if script.notes:
        blocks.append(script.notes)
    blocks += [_step(step, translation=script.translates is not None) for step in script.steps]
    return "\n\n".join(blocks) + "\n"


def _settings(script: Script) -> Iterator[str]:
    yield f"Title: {script.title}"
    if script.translates is not None:
        yield f"Translates: {script.translates}"
    if script.audience is not None:
        yield f"For: {phrases.spell_audience(script.audience)}"
    if script.sender != USUAL_SENDER:
        yield f"From: {script.sender}"
    yield f"Language: {script.language}"
    usual = Window()
    if (script.window.opens, script.window.closes) != (usual.opens, usual.closes):
        yield f"Send between: {_hours(script.window)}"
    if script.window.days != usual.days:
        yield f"Days: {', '.join(day.name.capitalize() for day in Day if day in script.window.days)}"
    if script.goal is not None:
        yield f"Goal: {phrases.spell_goal(script.goal)}"
    if script.sample:
        yield "Sample: yes"


def _hours(window: Window) -> str:
    return f"{phrases.spell_time(window.opens)}-{phrases.spell_time(window.closes)}"


def _step(step: Step, *, translation: bool) -> str:
    lines = [f"## {step.name}"]
    if not translation:
        lines.append(f"When: {phrases.spell_when(step.when)}")
    if step.only_for is not None:
        lines.append(f"Only for: {phrases.spell_audience(step.only_for)}")
    if step.by_text:
        lines.append("By: text")
    if step.subject:
        lines.append(f"Subject: {step.subject}")
    blocks = ["\n".join(lines)]
    if step.body:
        blocks.append(step.body)
    if step.text is not None:
        blocks.append(f"### text\n{step.text}")
    if step.replies:
        blocks.append("\n".join(["### replies", *(_reply(rule) for rule in step.replies)]))
    return "\n\n".join(blocks)


def _reply(rule: ReplyRule) -> str:
    return f"- {', '.join(rule.phrases) or 'anything else'}: {phrases.spell_acts(rule.acts)}"
