"""Whatever is said in English is said in Spanish."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from engine.content.answers import read_answers
from tests.conventions.reading import ROOT

LANGUAGES = ("en", "es")
I18N = ROOT / "webapp" / "i18n"


def catalogue(language: str) -> Catalog:
    return read_po(io.BytesIO((I18N / language / "LC_MESSAGES" / "messages.po").read_bytes()), language)


def strings_of_the_interface() -> set[str]:
    """Each string that pages and views hand to gettext, with the file and line that say it."""
    with (I18N / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel's
    found = extract_from_dir(
        str(ROOT), methods, options, keywords={"_": None, "gettext": None, "ngettext": (1, 2), "say": None}
    )
    return {(message[0] if isinstance(message, tuple) else message) for _, _, message, _, _ in found}


def answers(language: str) -> dict[str, frozenset[str]]:
    path = Path(ROOT / "templates" / f"answers.{language}.md")
    return {key: answer.slots for key, answer in read_answers(path).items()}


def test_every_answer_stands_in_each_language_with_the_same_slots() -> None:
    assert answers("en") == answers("es")


def test_every_string_of_the_interface_has_its_spanish() -> None:
    spanish = catalogue("es")
    missing = [
        text for text in strings_of_the_interface() if not (entry := spanish.get(text)) or not entry.string
    ]
    assert not missing, "Run `python -m webapp.i18n`, then translate:\n" + "\n".join(map(str, missing))


def test_no_translation_is_only_a_guess() -> None:
    assert not [entry.id for entry in catalogue("es") if entry.id and entry.fuzzy]


def test_a_translation_fills_the_same_places() -> None:
    spanish = catalogue("es")
    wrong = [
        (entry.id, str(problem))
        for entry in spanish
        if entry.id and entry.string
        for problem in entry.check(spanish)
    ]
    assert not wrong
