"""Published texts as Scripts, parsed once per process: a Revision never changes."""

from functools import lru_cache

from sqlalchemy.orm import Session

from engine.content.script import overlay, parse
from engine.store import sequences
from engine.vocabulary.ids import RevisionId
from engine.vocabulary.script import Script

Texts = tuple[tuple[str, str], ...]  # (language, text), the original first


def script_of(session: Session, revision_id: RevisionId, language: str) -> Script:
    """The Script of a Revision in a language: the translation laid over the original, or the original
    where there is none. Raises LookupError for an unknown Revision."""
    texts = tuple((row.language, row.text) for row in sequences.texts_of(session, revision_id))
    if not texts:
        raise LookupError(f"There is no Revision {revision_id}.")
    return _read(texts, language)


@lru_cache(maxsize=256)
def _read(texts: Texts, language: str) -> Script:
    original = _published(texts[0][1])
    translated = next((text for known, text in texts[1:] if known == language), None)
    return original if translated is None else overlay(original, _published(translated))


def _published(text: str) -> Script:
    script = parse(text, "published").script
    if script is None:
        raise LookupError("A published text no longer parses; publish it again from its file.")
    return script
