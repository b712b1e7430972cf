"""A translation laid over its original: only subjects, letters, texts and reply words are its own."""

from dataclasses import replace

from engine.vocabulary.script import Gravity, Mistake, ReplyRule, Script, Step


def overlay(original: Script, translation: Script) -> Script:
    """The original in the translation's words. A step, or a part of one, that is not translated stays
    as the original has it."""
    return replace(
        original,
        title=translation.title or original.title,
        language=translation.language,
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
        what = f"This translates “{translation.translates}”, but the original is “{original.name}”."
        line = translation.lines.get("translates", 1)
        found.append(Mistake(line, what, f"Write `Translates: {original.name}`."))
    if translation.language == original.language:
        line, what = translation.lines.get("language", 1), "The translation has the original's language."
        found.append(Mistake(line, what, "Set `Language:` to its own."))
    for step in translation.steps:
        found += _step(original, step)
    for step in original.steps:
        if translation.step(step.name) is None:
            what = f"“{step.name}” is not translated; members will get it in {original.language}."
            found.append(Mistake(1, what, f"Add `## {step.name}`.", Gravity.ADVICE))
    return tuple(found)


def _step(original: Script, step: Step) -> list[Mistake]:
    first = original.step(step.name)
    if first is None:
        return [
            Mistake(step.line, f"The original has no step called “{step.name}”.", "Use the original's names.")
        ]
    allowed = {act for rule in first.replies for act in rule.acts}
    return [
        Mistake(rule.line, "This reply does what the original's replies do not.", "Translate the words only.")
        for rule in step.replies
        if not set(rule.acts) <= allowed
    ]
