"""The interface in the reader's language: gettext, typed, and the names of days, languages and times."""

from datetime import date, time

import flask_babel

from engine.vocabulary.sentences import Sentence


def _(text: str, **slots: object) -> str:
    return str(flask_babel.gettext(text, **slots))


def ngettext(one: str, many: str, num: int, **slots: object) -> str:
    return str(flask_babel.ngettext(one, many, num, **slots))


def spoken(sentence: Sentence) -> str:
    """What the engine said, in the reader's language."""
    values = {
        name: spoken(value) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    return str(flask_babel.gettext(sentence.text, **values))


def weekday_name(day: int) -> str:
    """Monday is 0."""
    locale = flask_babel.get_locale()
    return str(locale.days["format"]["wide"][day]) if locale else str(day)


def language_name(code: str) -> str:
    locale = flask_babel.get_locale()
    return str(locale.languages.get(code, code)) if locale else code


def day_name(day: date) -> str:
    return str(flask_babel.format_date(day, "long", rebase=False))


def wall_time(at: time) -> str:
    return str(flask_babel.format_time(at, "short", rebase=False))
