"""`porchlight doctor`: everything that can be wrong with a house, one line each."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from engine.actions.on_call import unattended
from engine.privacy.sealed import KeyFileError, KeyRing
from engine.rules.alarm import ENOUGH
from engine.runtime import Runtime
from engine.settings import Settings, SettingsError, read_settings
from engine.store import health, heartbeats, holds, migrations, on_call, sequences
from engine.store.base import database_now, open_database
from engine.store.migrations import DatabaseTooNew, Version
from engine.store.organizers import try_keys
from webapp.cli.doctor import connections, records
from webapp.cli.doctor.finding import Finding, guarded
from webapp.cli.house import community_of, is_missing
from webapp.cli.organizers import first_admin
from webapp.cli.sending import WHY
from webapp.wiring import build_runtime

_SILENT_AFTER = 60  # seconds without a sign of life


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
        yield guarded("Redis", partial(connections.redis, settings.redis_url))
    if is_missing(settings):
        mend = "Run `porchlight init` for a community of your own, or `make up` for the sample town."
        yield Finding("Database", "there is none yet", mend, wrong=True)
        return
    database = guarded("Database", lambda: _database(settings))
    yield database
    if database.mend:
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
        case Version.FRESH:
            mend = "Run `porchlight init`, or `porchlight restore` with a backup."
            return Finding("Database", "is empty", mend, wrong=True)
        case Version.BEHIND:
            mend = "Then ask again: what is inside can be looked at only afterwards."
            return Finding("Database", "is of an older version; the next start brings it up to date", mend)
        case Version.CURRENT:
            return Finding("Database", settings.database_url.rpartition("@")[2].partition("?")[0])


def _inside(settings: Settings) -> Iterator[Finding]:
    try:
        rt = build_runtime(settings)
    except (SettingsError, KeyFileError) as problem:
        yield Finding("Gateways", str(problem), wrong=True)
        return
    yield from connections.gateways(rt)
    yield from connections.doors(rt)
    yield from records.records(settings)
    yield guarded("Keys", lambda: _keys(rt))
    yield guarded("Community", lambda: _community(rt))
    yield guarded("Admin", lambda: _admin(rt))
    yield guarded("On call", lambda: _on_call(rt))
    yield from _held(rt)
    for name in ("worker", "clock", *(("listen",) if rt.settings.listens else ())):
        yield _sign_of_life(rt, name)
    yield _stuck(rt)


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


def _on_call(rt: Runtime) -> Finding:
    with rt.reading() as session:
        count = on_call.size(session)
        running = [each.revision_id for each in sequences.running(session)]
        waiting = unattended(rt, session, running)
    if count >= ENOUGH:
        return Finding("On call", f"{count} organizers hear a cry for help")
    said = f"{count} of {ENOUGH} organizers, so letters that ask for answers do not go to real people"
    mend = "Choose who is on call: Settings, “On call”."
    return Finding("On call", said, mend, wrong=bool(waiting))


def _sign_of_life(rt: Runtime, name: str) -> Finding:
    with rt.reading() as session:
        last, now = heartbeats.beats(session).get(name), database_now(session)
    what = name.capitalize()
    if last is not None and (now - last).total_seconds() < _SILENT_AFTER:
        return Finding(what, "is at work")
    mend = "`porchlight serve` starts it, with all the others."
    if last is None:
        return Finding(what, "was never at work yet", mend)
    said = f"is not at work now; the last sign of life was at {last:%Y-%m-%d %H:%M} UTC"
    return Finding(what, said, mend, wrong=rt.doors.real)


def _stuck(rt: Runtime) -> Finding:
    with rt.reading() as session:
        stuck = health.queues(session, rt.clock.now()).stuck.count
    if stuck:
        mend = "Look at “Stuck mail” in the dashboard, where each can be tried again."
        return Finding("Inbound mail", f"{stuck} stuck", mend, wrong=True)
    return Finding("Inbound mail", "nothing is stuck")
