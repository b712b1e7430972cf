"""How moments and words are put on a page, in the reader's language and zone."""

from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import flask_babel
from flask import Flask
from markupsafe import Markup, escape

from webapp.auth import runtime
from webapp.speech import _, ngettext, spoken

__all__ = ["equip", "runtime"]


def equip(app: Flask) -> None:
    """Gives pages their filters."""
    app.add_template_filter(since, "since")
    app.add_template_filter(their_time, "their_time")
    app.add_template_filter(spoken, "spoken")
    app.add_template_filter(with_quotations, "with_quotations")


def since(at: datetime | None) -> str:
    """How long ago, in the largest unit that fits: 5 minutes, 3 hours, 2 days."""
    if at is None:
        return ""
    passed = runtime().clock.now() - at
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        return ngettext("%(num)s minute", "%(num)s minutes", passed // timedelta(minutes=1))
    if passed < timedelta(days=1):
        return ngettext("%(num)s hour", "%(num)s hours", passed // timedelta(hours=1))
    return ngettext("%(num)s day", "%(num)s days", passed.days)


def their_time(zone: str) -> str:
    """What the clock on a member's wall shows now."""
    there = runtime().clock.now().astimezone(ZoneInfo(zone))
    return str(flask_babel.format_time(there.replace(tzinfo=None), "short", rebase=False))


def with_quotations(text: str) -> Markup:
    """Escaped words, the lines that begin with `>` as quotations."""
    shown = Markup()
    for quoted, lines in groupby(text.split("\n"), key=lambda line: line.startswith(">")):
        if quoted:
            inner = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)
            shown += Markup("<blockquote>{}</blockquote>").format(inner)
        else:
            shown += escape("\n".join(lines).strip("\n"))
    return shown
