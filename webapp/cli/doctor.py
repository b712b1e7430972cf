"""`porchlight doctor`: everything that can be wrong with a house, one line each."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from redis import Redis
from redis.exceptions import RedisError

from engine.gateways.base import Gateway
from engine.privacy.sealed import KeyFileError, KeyRing
from engine.runtime import Runtime
from engine.settings import Settings, SettingsError, read_settings
from engine.store import health, heartbeats, holds, migrations
from engine.store.base import database_now, open_database
from engine.store.migrations import DatabaseTooNew, Version
from engine.store.organizers import try_keys
from inbound.sources.imap import ImapDoor, read_mailbox
from webapp.cli.house import community_of, is_missing
from webapp.cli.organizers import first_admin
from webapp.cli.sending import WHY
from webapp.cli.sentences import sentence_for
from webapp.wiring import build_runtime

_KNOCK = 5  # seconds a server has to answer
_SILENT_AFTER = 60  # seconds without a sign of life


@dataclass(frozen=True)
class Finding:
    """`mend` is empty when nothing is to be done. Only `wrong` findings fail the doctor."""

    what: str
    said: str = "ok"
    mend: str = ""
    wrong: bool = False


@click.command()
def doctor() -> None:
    """Check every setting and say how to mend what is wrong. Exit code 1: something is wrong."""
    wrong = False
    for finding in findings():
        mark = click.style("✗", fg="red") if finding.wrong else click.style("✓", fg="green")
        click.echo(
            f"{mark} {finding.what}: {finding.said}" + (f"\n    {finding.mend}" if finding.mend else "")
        )
        wrong = wrong or finding.wrong
    if wrong:
        raise SystemExit(1)


def findings() -> Iterator[Finding]:
    """Stops at the first thing that the others stand on."""
    try:
        settings = read_settings()
    except SettingsError as problem:
        yield Finding("Settings", str(problem), "docs/settings.md describes every setting.", wrong=True)
        return
    yield Finding("Settings", "every one can be read")
    yield from _folders(settings)
    yield _key_file(settings)
    if settings.redis_url:
        yield _guarded("Redis", partial(_redis, settings.redis_url))
    if is_missing(settings):
        mend = "Run `porchlight init` for a community of your own, or `make up` for the sample town."
        yield Finding("Database", "there is none yet", mend, wrong=True)
        return
    database = _guarded("Database", lambda: _database(settings))
    yield database
    if database.wrong:
        return
    yield from _inside(settings)


def _folders(settings: Settings) -> Iterator[Finding]:
    for name, folder in (
        ("PORCHLIGHT_TEMPLATES", settings.templates),
        ("PORCHLIGHT_SEQUENCES", settings.sequences),
    ):
        yield _readable(name, folder)
    if not settings.data.is_dir():
        yield Finding("Data folder", f"{settings.data} is made by `porchlight init` or `make up`")
    elif os.access(settings.data, os.W_OK | os.X_OK):
        yield Finding("Data folder", str(settings.data))
    else:
        mend = "Give it to the user who runs Porchlight, or set PORCHLIGHT_DATA to another folder."
        yield Finding("Data folder", f"{settings.data} cannot be written", mend, wrong=True)


def _readable(name: str, folder: Path) -> Finding:
    if folder.is_dir():
        return Finding(name, str(folder))
    return Finding(name, f"{folder} is not a folder", f"Set {name} to an existing folder.", wrong=True)


def _key_file(settings: Settings) -> Finding:
    try:
        KeyRing.load(settings.key_file)
    except KeyFileError as problem:
        if is_missing(settings) and not settings.key_file.exists():
            return Finding("Key file", "is made together with the database")
        mend = (
            "Without it nothing sealed can be read: bring it back from your backup, "
            "or name it in PORCHLIGHT_KEY_FILE."
        )
        return Finding("Key file", str(problem), mend, wrong=True)
    if os.name == "posix" and settings.key_file.stat().st_mode & 0o077:
        mend = f"Run: chmod 600 {settings.key_file}"
        return Finding("Key file", "other users of this machine can read it", mend, wrong=True)
    return Finding("Key file", f"{settings.key_file} (keep a backup of it, apart from the database's)")


def _database(settings: Settings) -> Finding:
    match migrations.check(open_database(settings.database_url)):
        case Version.NEWER:
            return Finding("Database", str(DatabaseTooNew()), wrong=True)
        case Version.BEHIND | Version.FRESH:
            return Finding("Database", "is of an older version; the next start brings it up to date")
        case Version.CURRENT:
            return Finding("Database", settings.database_url.rpartition("@")[2])


def _inside(settings: Settings) -> Iterator[Finding]:
    try:
        rt = build_runtime(settings)
    except (SettingsError, KeyFileError) as problem:
        yield Finding("Gateways", str(problem), wrong=True)
        return
    for name, gateway in (("Email gateway", rt.doors.email), ("Text gateway", rt.doors.sms)):
        yield _guarded(name, partial(_gateway, name, gateway))
    yield from _doors(rt)
    yield _guarded("Keys", lambda: _keys(rt))
    yield _guarded("Community", lambda: _community(rt))
    yield _guarded("Admin", lambda: _admin(rt))
    yield from _held(rt)
    for name in ("worker", "clock", *(("listen",) if rt.settings.listens else ())):
        yield _sign_of_life(rt, name)
    yield _stuck(rt)


def _gateway(name: str, gateway: Gateway) -> Finding:
    return Finding(name, gateway.check())


def _doors(rt: Runtime) -> Iterator[Finding]:
    """The ways in. A real gateway without one can send, and never hear an answer."""
    settings = rt.settings
    if settings.imap_url:
        yield _guarded("Mailbox", partial(_mailbox, rt, settings.imap_url))
    if settings.lmtp:
        host, port = settings.lmtp
        yield Finding("LMTP", f"`porchlight listen` takes mail on {host}:{port}")
    if settings.smtp_url and not (settings.listens or settings.mail_hook_secret):
        mend = "Set IMAP_URL, PORCHLIGHT_LMTP or PORCHLIGHT_MAIL_HOOK_SECRET: members must be able to answer."
        yield Finding("Incoming mail", "there is no door for it", mend, wrong=True)
    if rt.doors.real and not settings.public_url.startswith("https://"):
        mend = "Put a web server with TLS before it and set PORCHLIGHT_PUBLIC_URL to its https address."
        yield Finding("Public address", f"{settings.public_url} is not https", mend, wrong=True)


def _mailbox(rt: Runtime, url: str) -> Finding:
    mailbox = read_mailbox(url)
    with ImapDoor(rt, mailbox).connected() as client:
        found = client.select_folder(mailbox.folder, readonly=True)
    return Finding("Mailbox", f"{mailbox.host} lets us in; {int(found[b'EXISTS'])} mails in {mailbox.folder}")


def _held(rt: Runtime) -> Iterator[Finding]:
    with rt.reading() as session:
        standing = holds.standing(session)
    for each in standing:
        mend = f"Mend it, then run: porchlight sending release {each.channel}"
        yield Finding(f"Sending {each.channel}", f"is held: {WHY[each.reason]}", mend, wrong=True)


def _keys(rt: Runtime) -> Finding:
    with rt.reading() as session:
        try_keys(session)
    return Finding("Keys", "they open what is sealed in the database")


def _redis(url: str) -> Finding:
    try:
        Redis.from_url(url, socket_connect_timeout=_KNOCK, socket_timeout=_KNOCK).ping()
    except RedisError as problem:
        mend = "Start it, or mend REDIS_URL. Until then everything works, up to 30 seconds later."
        return Finding("Redis", f"does not answer ({type(problem).__name__})", mend, wrong=True)
    return Finding("Redis", "answers")


def _community(rt: Runtime) -> Finding:
    found = community_of(rt)
    if found is None:
        return Finding("Community", "there is none yet", "Run `porchlight init` or `make up`.", wrong=True)
    return Finding("Community", f"{found.name} ({found.zone}, quiet from {found.closes} to {found.opens})")


def _admin(rt: Runtime) -> Finding:
    if first_admin(rt) is None:
        return Finding(
            "Admin", "nobody is one", "Run `porchlight organizers invite --role admin`.", wrong=True
        )
    return Finding("Admin", "there is one")


def _sign_of_life(rt: Runtime, name: str) -> Finding:
    with rt.reading() as session:
        last, now = heartbeats.beats(session).get(name), database_now(session)
    what = name.capitalize()
    if last is not None and (now - last).total_seconds() < _SILENT_AFTER:
        return Finding(what, "is at work")
    return Finding(what, "is not at work now", "`porchlight serve` starts it, with all the others.")


def _stuck(rt: Runtime) -> Finding:
    with rt.reading() as session:
        stuck = health.queues(session, rt.clock.now()).stuck.count
    if stuck:
        mend = "Look at “Stuck mail” in the dashboard, where each can be tried again."
        return Finding("Inbound mail", f"{stuck} stuck", mend, wrong=True)
    return Finding("Inbound mail", "nothing is stuck")


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    """What a look raises is the finding."""
    try:
        return look()
    except Exception as problem:
        said = sentence_for(problem) or f"{type(problem).__name__}: {problem}"
        return Finding(what, said.splitlines()[0], wrong=True)
