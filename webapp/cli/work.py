"""The parts that do the work, each by itself: web, worker, clock, and one tick."""

import logging
from collections.abc import Callable
from functools import partial

import click

from engine import jobs
from engine.settings import read_settings
from webapp.cli.house import is_missing, open_house
from webapp.supervise import stop_on_signals
from webapp.wiring import HANDS

_THREADS = 8


@click.command()
def web() -> None:
    """Run only the web server."""
    from waitress import create_server

    from webapp.app import create_app

    log_to_terminal()
    rt = open_house()
    logging.getLogger("waitress").setLevel(logging.WARNING)
    server = create_server(
        create_app(rt),
        host=rt.settings.host,
        port=rt.settings.port,
        threads=_THREADS,
        ident=None,
        clear_untrusted_proxy_headers=not rt.settings.trusted_proxies,  # else `webapp.app` reads them
    )
    stop_on_signals(_leave)
    server.run()


def _leave() -> None:
    raise SystemExit(0)


@click.command()
def worker() -> None:
    """Run only a worker: it reads what came in and carries what is to go out."""
    log_to_terminal()
    rt = open_house()
    stop_on_signals(rt.stopping.set)
    if not rt.settings.redis_url:
        jobs.Worker(rt, HANDS).run()
        return
    from engine.ringing import listen  # RQ takes its time

    with jobs.Worker(rt, HANDS, jobs.LOOK_EVERY_WHERE_RUNG).at_work():
        listen(rt.settings.redis_url, lambda _: rt.queue.bell.ring(), rt.stopping)


@click.command()
def clock() -> None:
    """Run only the clock. One is enough, however many workers there are."""
    log_to_terminal()
    rt = open_house()
    stop_on_signals(rt.stopping.set)
    jobs.clock_loop(rt)


@click.command()
def migrate() -> None:
    """Bring the database of this community up to date, and do nothing else."""
    if is_missing(read_settings()):
        click.echo("There is no community here yet; `porchlight init` makes its database.")
    else:
        open_house()
        click.echo("The database is up to date.")


@click.command()
def tick() -> None:
    """Look at the clock once, and do what is due."""
    rt = open_house()
    moved = jobs.tick(rt)
    carried = sum(_all_of(partial(hand, rt)) for hand in HANDS.values())
    click.echo(f"Moved {moved}, carried or read {carried}.")


def _all_of(hand: Callable[[], int]) -> int:
    return sum(iter(hand, 0))


def log_to_terminal() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
