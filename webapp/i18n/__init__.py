"""The interface's catalogues: English is the source, Spanish stands in es/LC_MESSAGES/messages.po.

`python -m webapp.i18n` collects the strings of pages and views into the catalogue and compiles it.
"""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parent


def ensure_compiled() -> None:
    """Compiles each catalogue that is newer than what was compiled from it."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    fresh = compiled.with_suffix(f".{os.getpid()}.new")  # several processes may start at once
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(compiled)
