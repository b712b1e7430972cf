"""`porchlight backup` and `porchlight restore`: everything but the keys, in one file."""

from pathlib import Path

import click

from engine.privacy.sealed import KeyRing
from engine.settings import read_settings
from engine.store.backup import Counts, read_backup, write_backup
from webapp.cli.house import build_house, open_house

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write a safe copy of everything but the keys to FILE, which must not exist. Nothing needs to stop."""
    rt = open_house()
    counts = write_backup(rt.database, file)
    click.echo(f"{_said(counts)} in {file}")
    click.echo(
        f"The key file is not in it: keep a copy of {rt.settings.key_file}, apart from the backup. "
        "Without it nothing sealed can be read."
    )


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Fill an empty database from the backup FILE. Needs the key file of then, and holds all sending."""
    settings = read_settings()
    KeyRing.load(settings.key_file)  # before `build_house`, which would make a new one
    rt = build_house()
    counts = read_backup(file, rt.database, rt.clock.now())
    click.echo(f"{_said(counts)} restored from {file}")
    click.echo(
        "Sending is held: `porchlight sending list` says so, `porchlight sending release email` and "
        "`… release sms` let it go."
    )


def _said(counts: Counts) -> str:
    words = {
        "members": ("person", "people"),
        "messages": ("message", "messages"),
        "deliveries": ("delivery", "deliveries"),
    }
    return ", ".join(f"{counts[name]:,} {words[name][counts[name] != 1]}" for name in words)
