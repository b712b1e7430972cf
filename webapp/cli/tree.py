"""Everything at once: `up` for a newcomer, `serve` for a community that exists."""

import errno
import socket
import threading
import time
from functools import partial

import click

from engine.runtime import Runtime
from engine.settings import Settings, read_settings
from webapp.cli.house import build_house, community_of, is_missing, open_house, require_pretending
from webapp.cli.sentences import Unable
from webapp.supervise import Tree, part, stop_on_signals
from webapp.town.sweeping import sweep_half_made

_READY_WITHIN = 60.0  # seconds until we say that the dashboard does not answer


@click.command()
def up() -> None:
    """Make the sample town on first run, and start everything."""
    settings = read_settings()
    _require_port(settings)
    if sweep_half_made(settings):
        click.echo("The sample town was left half made; it is made anew.", err=True)
    if is_missing(settings):
        require_pretending(settings)
    rt = build_house()
    if community_of(rt) is None:
        require_pretending(settings)
        from webapp.cli.progress import LIVED, progress
        from webapp.town.seed import seed

        with progress(LIVED) as step:
            seed(rt.settings, rt.clock.now(), step)
    _run(rt)


@click.command()
def serve() -> None:
    """Start everything for a community that exists."""
    rt = open_house()
    _require_port(rt.settings)
    _run(rt)


def _run(rt: Runtime) -> None:
    answers = partial(_answers, rt.settings)  # web first: whoever waits, waits for the dashboard
    parts = [part("web"), part("worker", answers), part("clock", answers)]
    if rt.settings.listens:
        parts.append(part("listen", answers))
    tree = Tree(parts, lambda line: click.echo(line, err=True))
    stop_on_signals(tree.stop.set)
    rt.database.dispose()
    tree.run(lambda: threading.Thread(target=_greet, args=(rt, tree.stop), daemon=True).start())
    click.echo("Everything has stopped. Your data is kept.")


def _greet(rt: Runtime, stop: threading.Event) -> None:
    """Says where the dashboard is once it answers."""
    link = _sign_in_link(rt)
    until = time.monotonic() + _READY_WITHIN
    while not _answers(rt.settings):
        if stop.wait(0.1):
            return
        if time.monotonic() > until:
            click.echo("The dashboard does not answer yet; look at the lines above.", err=True)
            return
    url = rt.settings.public_url
    click.echo(f"\nPorchlight is up: {url}")
    if link:
        click.echo(f"Sign in once with:  {link}")
    if rt.settings.embedded:
        click.echo(f"The pretend post office:  {url}/postoffice")
    click.echo("Ctrl-C stops everything; your data is kept.\n")


def _sign_in_link(rt: Runtime) -> str | None:
    from engine.actions.organizers import first_link
    from webapp.cli.organizers import first_admin

    admin = first_admin(rt)
    return first_link(rt, admin) if admin and rt.settings.embedded else None


def _answers(settings: Settings) -> bool:
    """Whether the web server is there."""
    try:
        with socket.create_connection((_dialled(settings.host), settings.port), timeout=1):
            return True
    except OSError:
        return False


def _dialled(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)


def _require_port(settings: Settings) -> None:
    """Raises Unable when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as problem:
            raise Unable(_port_sentence(settings, problem)) from problem


def _port_sentence(settings: Settings, problem: OSError) -> str:
    where = f"{settings.host}:{settings.port}"
    if problem.errno == errno.EADDRINUSE:
        return (
            f"{where} is taken by another program (another `make up`?). Stop it, or choose another port: "
            f"PORCHLIGHT_PORT={settings.port + 1} make up"
        )
    if problem.errno == errno.EACCES:
        return f"This user may not listen on {where}. Choose a port above 1023 with PORCHLIGHT_PORT."
    return f"PORCHLIGHT_HOST is “{settings.host}”, which is no address of this machine ({problem.strerror})."
