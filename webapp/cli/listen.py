"""`porchlight listen`: the doors by which mail comes in, IMAP and LMTP."""

from threading import Thread

import click

from engine import jobs
from engine.runtime import Runtime
from engine.settings import Settings
from inbound.sources.imap import ImapDoor, read_mailbox
from inbound.sources.lmtp import LmtpDoor
from webapp.cli.house import open_house
from webapp.cli.sentences import Unable
from webapp.cli.work import log_to_terminal
from webapp.supervise import stop_on_signals

_BEAT_EVERY = 10.0  # seconds


@click.command()
def listen() -> None:
    """Run only the doors for incoming mail: a mailbox by IMAP, a mail server by LMTP."""
    log_to_terminal()
    rt = open_house()
    if not rt.settings.listens:
        raise Unable("There is no door to open: set IMAP_URL, PORCHLIGHT_LMTP or both (docs/settings.md).")
    stop_on_signals(rt.stopping.set)
    run_doors(rt)


def run_doors(rt: Runtime) -> None:
    """Opens every configured door, and keeps them open until `rt.stopping` is set. Raises Unable,
    SettingsError."""
    lmtp = _lmtp(rt, rt.settings)
    reader = _imap(rt, rt.settings)
    try:
        while not rt.stopping.is_set():
            jobs.beat(rt, "listen")
            rt.stopping.wait(_BEAT_EVERY)
    finally:
        if lmtp is not None:
            lmtp.close()
        if reader is not None:
            reader.join(timeout=_BEAT_EVERY)


def _lmtp(rt: Runtime, settings: Settings) -> LmtpDoor | None:
    if settings.lmtp is None:
        return None
    host, port = settings.lmtp
    door = LmtpDoor(rt, host, port)
    try:
        door.open()
    except OSError as problem:
        raise Unable(f"PORCHLIGHT_LMTP: cannot listen on {host}:{port} ({problem.strerror}).") from problem
    return door


def _imap(rt: Runtime, settings: Settings) -> Thread | None:
    if settings.imap_url is None:
        return None
    door = ImapDoor(rt, read_mailbox(settings.imap_url))
    thread = Thread(target=door.run, args=(rt.stopping,), name="imap", daemon=True)
    thread.start()
    return thread
