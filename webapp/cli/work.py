"""The parts that do the work, each by itself: web, worker, clock, and one tick."""

import logging
from collections.abc import Callable
from functools import partial
from threading import Event

import click

from engine import jobs
from webapp.cli.house import open_house
from webapp.supervise import stop_on_signals
from webapp.wiring import HANDS

_THREADS = 8


@click.command()
def web() -> None:
    """Run only the web server."""
    from waitress import create_server

    from webapp.app import create_app

    _log()
    rt = open_house()
    logging.getLogger("waitress").setLevel(logging.WARNING)
    server = create_server(
        create_app(rt),
        host=rt.settings.host,
        port=rt.settings.port,
        threads=_THREADS,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
    stop_on_signals(_leave)
    server.run()


def _leave() -> None:
    raise SystemExit(0)


@click.command()
def worker() -> None:
    """Run only a worker: it reads what came in and carries what is to go out."""
    _log()
    jobs.Worker(open_house(), HANDS).run(_stop_event())


@click.command()
def clock() -> None:
    """Run only the clock. One is enough, however many workers there are."""
    _log()
    jobs.clock_loop(open_house(), _stop_event())


@click.command()
def tick() -> None:
    """Look at the clock once, and do what is due."""
    rt = open_house()
    moved = jobs.tick(rt)
    carried = sum(_all_of(partial(hand, rt)) for hand in HANDS.values())
    click.echo(f"Moved {moved}, carried or read {carried}.")


def _all_of(hand: Callable[[], int]) -> int:
    return sum(iter(hand, 0))


def _stop_event() -> Event:
    stop = Event()
    stop_on_signals(stop.set)
    return stop


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
