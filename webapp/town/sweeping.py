"""A sample town whose making was interrupted is swept away, so that it can be made anew. Imports little:
`porchlight up` asks on every start."""

import shutil
from pathlib import Path

from sqlalchemy.engine import make_url

from engine.settings import Settings


class TownError(Exception):
    """The sample town cannot be made; the text says why and how to mend it."""


def sweep_half_made(settings: Settings) -> bool:
    """Removes a sample town whose making was interrupted; True when there was one."""
    url = make_url(settings.database_url)
    if not marker_of(settings).exists() or url.get_backend_name() != "sqlite" or not url.database:
        return False
    for ending in ("", "-wal", "-shm"):
        settings.data.joinpath(url.database + ending).unlink(missing_ok=True)
    shutil.rmtree(settings.postoffice, ignore_errors=True)
    marker_of(settings).unlink()
    return True


def marker_of(settings: Settings) -> Path:
    """The file that stands while the town is being made."""
    return settings.data / "seeding"
