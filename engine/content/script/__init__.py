"""Sequence files: Markdown to Script and back, with mistakes a person can mend."""

from engine.content.script.reading import Parsed, parse
from engine.content.script.translating import check_translation, overlay
from engine.content.script.writing import write

__all__ = ["Parsed", "check_translation", "overlay", "parse", "write"]
