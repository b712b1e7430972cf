"""A file waits between its preview and its confirmation: sealed, for one organizer, for one day."""

import os
import re
from datetime import timedelta
from pathlib import Path

from engine.privacy.sealed import SealError
from engine.runtime import Runtime
from engine.vocabulary.ids import OrganizerId

KEPT_FOR = timedelta(days=1)


def keep(rt: Runtime, organizer_id: OrganizerId, text: str) -> str:
    """Puts the text aside and returns its name."""
    folder = _folder(rt)
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(rt, folder)
    name = rt.ids.new()
    (folder / name).write_bytes(rt.keys.seal(_place(organizer_id), text))
    now = rt.clock.now().timestamp()
    os.utime(folder / name, (now, now))
    return name


def fetch(rt: Runtime, organizer_id: OrganizerId, name: str) -> str | None:
    """None: never kept, dropped by now, or another organizer's."""
    path = _path(rt, name)
    try:
        return rt.keys.unseal(_place(organizer_id), path.read_bytes()) if path else None
    except (OSError, SealError):
        return None


def drop(rt: Runtime, name: str) -> None:
    path = _path(rt, name)
    if path:
        path.unlink(missing_ok=True)


def _folder(rt: Runtime) -> Path:
    return rt.settings.data / "uploads"


def _path(rt: Runtime, name: str) -> Path | None:
    return _folder(rt) / name if re.fullmatch(r"[0-9a-z]{26}", name) else None


def _place(organizer_id: OrganizerId) -> str:
    return f"upload:{organizer_id}"


def _sweep(rt: Runtime, folder: Path) -> None:
    oldest = (rt.clock.now() - KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
