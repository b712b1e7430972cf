"""A translation laid over its original: only words are its own."""

from dataclasses import replace

from engine.vocabulary.script import USUAL_SENDER, Gravity, Mistake, ReplyRule, Script, Step
from engine.vocabulary.sentences import say

_ORIGINALS = {  # by field: the settings that a translation leaves to its original
    "audience": "For", "hours": "Send between", "days": "Days", "goal": "Goal",
    "when": "When", "only_for": "Only for", "by_text": "By",
}  # fmt: skip


def overlay(original: Script, translation: Script) -> Script:
    """The original in the translation's words. A step, or a part of one, that is not translated stays
    as the original has it. Either of them marked as a sample makes a sample of both."""
    return replace(
        original,
        title=translation.title or original.title,
        language=translation.language,
        sender=translation.sender if translation.sender != USUAL_SENDER else original.sender,
        sample=original.sample or translation.sample,
        steps=tuple(_laid_over(step, translation.step(step.name)) for step in original.steps),
    )


def _laid_over(step: Step, translated: Step | None) -> Step:
    if translated is None:
        return step
    return replace(
        step,
        subject=translated.subject or step.subject,
        body=translated.body or step.body,
        text=translated.text if step.text is not None and translated.text is not None else step.text,
        replies=_replies(step.replies, translated.replies),
    )


def _replies(original: tuple[ReplyRule, ...], translated: tuple[ReplyRule, ...]) -> tuple[ReplyRule, ...]:
    """Both languages' words are understood: a neighbor may answer in either."""
    own = tuple(rule for rule in translated if rule.phrases)
    listed = tuple(rule for rule in original if rule.phrases)
    otherwise = tuple(rule for rule in (*translated, *original) if not rule.phrases)[:1]
    return own + listed + otherwise


def check_translation(original: Script, translation: Script) -> tuple[Mistake, ...]:
    """What a translation lacks, and what it has too much of."""
    found = []
    if translation.translates != original.name:
        what = say(
            "This translates “%(other)s”, but the original is “%(name)s”.",
            other=translation.translates,
            name=original.name,
        )
        line = translation.lines.get("translates", 1)
        found.append(Mistake(line, what, say("Write `Translates: %(name)s`.", name=original.name)))
    if translation.language == original.language:
        line, what = translation.lines.get("language", 1), say("The translation has the original's language.")
        found.append(Mistake(line, what, say("Set `Language:` to its own.")))
    found += _not_its_own(translation)
    for step in translation.steps:
        found += [*_not_its_own(step), *_step(original, step)]
    for step in original.steps:
        if translation.step(step.name) is None:
            what = say(
                "“%(name)s” is not translated; members will get it in %(language)s.",
                name=step.name,
                language=original.language,
            )
            found.append(Mistake(1, what, say("Add `## %(name)s`.", name=step.name), Gravity.ADVICE))
    return tuple(found)


def _not_its_own(part: Script | Step) -> list[Mistake]:
    return [
        Mistake(
            line,
            say("“%(setting)s” is for the original to say.", setting=_ORIGINALS[field]),
            say("Leave it out."),
            Gravity.ADVICE,
        )
        for field, line in part.lines.items()
        if field in _ORIGINALS
    ]


def _step(original: Script, step: Step) -> list[Mistake]:
    first = original.step(step.name)
    if first is None:
        return [
            Mistake(
                step.line,
                say("The original has no step called “%(name)s”.", name=step.name),
                say("Use the original's names."),
            )
        ]
    allowed = {act for rule in first.replies for act in rule.acts}
    return [
        Mistake(
            rule.line,
            say("This reply does what the original's replies do not."),
            say("Translate the words only."),
        )
        for rule in step.replies
        if not set(rule.acts) <= allowed
    ]
