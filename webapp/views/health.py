"""Health: the queues, the signs of life, and in plain words what is wrong and how to mend it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template

from engine.store import health
from engine.store.health import Pile, Queues
from engine.vocabulary.words import DeliveryState
from webapp.auth import runtime
from webapp.speech import _

blueprint = Blueprint("health", __name__, url_prefix="/health")

QUIET = 90.0  # seconds without a sign of life before we worry
LATE = timedelta(minutes=10)
PARTS = ("worker", "clock")


@dataclass(frozen=True)
class Trouble:
    what: str
    mend: str


@blueprint.get("/")
def index() -> str:
    now = runtime().clock.now()
    with runtime().reading() as session:
        queues, silence = health.queues(session, now), health.silence(session)
    seen = {part: silence.get(part) for part in (*expected(), *sorted(set(silence) - set(expected())))}
    return render_template(
        "web/health.html",
        queues=queues,
        silence=seen,
        quiet=QUIET,
        troubles=troubles(queues, seen, now),
        now=now,
        cap=health.CAP,
    )


def troubles(queues: Queues, silence: dict[str, float | None], now: datetime) -> list[Trouble]:
    """What is wrong, the gravest first."""
    return [
        *_dead_parts(silence),
        *_stalled(queues),
        *_late_piles(queues, now),
        *_stuck_mail(queues),
        *_unclear_letters(queues),
    ]


def _dead_parts(silence: dict[str, float | None]) -> list[Trouble]:
    words = {
        "worker": _("Nothing is being sent or read: the worker shows no sign of life."),
        "clock": _("Nobody moves on in a sequence: the clock shows no sign of life."),
        "listen": _("No email comes in: the listener shows no sign of life."),
    }
    mend = {
        "worker": _("Start it with “porchlight worker”, or all parts with “porchlight up”."),
        "clock": _("Start it with “porchlight clock”, or all parts with “porchlight up”."),
        "listen": _("Start it with “porchlight listen”, or all parts with “porchlight serve”."),
    }
    dead = [part for part in expected() if (seconds := silence.get(part)) is None or seconds > QUIET]
    return [Trouble(words[part], mend[part]) for part in dead]


def expected() -> tuple[str, ...]:
    """The parts that ought to be alive here."""
    return (*PARTS, *(("listen",) if runtime().settings.listens else ()))


def _late_piles(queues: Queues, now: datetime) -> list[Trouble]:
    mend = _("See whether worker and clock live; “porchlight doctor” checks the connections.")
    late = (
        (queues.unread, _("Mail has come in and is not read yet.")),
        (queues.due_letters, _("Letters are due and have not left.")),
        (queues.due_walks, _("People are due for their next step and stand still.")),
        (queues.due_timers, _("Conversations are due to close or to come back, and do not.")),
    )
    return [Trouble(words, mend) for pile, words in late if _is_late(pile, now)]


def _is_late(pile: Pile, now: datetime) -> bool:
    return pile.oldest is not None and now - pile.oldest > LATE


def _stalled(queues: Queues) -> list[Trouble]:
    if queues.stalled is None:
        return []
    said = _("Letters have waited for ten minutes and more, because their gateway is away:")
    mend = _("They leave by themselves once it is back; “porchlight doctor” tries it.")
    return [Trouble(f"{said} {queues.stalled}", mend)]


def _stuck_mail(queues: Queues) -> list[Trouble]:
    if not queues.stuck.count:
        return []
    return [
        Trouble(_("Some mail could not be read."), _("It is kept. Look at “Stuck mail” and try it again."))
    ]


def _unclear_letters(queues: Queues) -> list[Trouble]:
    if not queues.letters.get(DeliveryState.UNKNOWN):
        return []
    return [
        Trouble(
            _("Some letters may or may not have arrived: the line broke while they were handed over."),
            _("They are tried again by themselves, under the same identity, so nobody reads one twice."),
        )
    ]
