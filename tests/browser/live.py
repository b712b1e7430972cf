"""A seeded town behind a real web server on loopback, with its worker and its clock at work."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from waitress import create_server
from waitress.server import BaseWSGIServer

from engine import jobs
from engine.actions.organizers import first_link
from engine.privacy.sealed import KeyRing
from engine.runtime import Runtime
from engine.settings import Settings, read_settings
from engine.store.migrations import migrate
from engine.vocabulary.ids import OrganizerId
from webapp.app import create_app
from webapp.cli.organizers import first_admin
from webapp.town.seed import seed
from webapp.wiring import HANDS, build_runtime

_ZONE = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Live:
    """`url` is the dashboard's, without a final slash."""

    rt: Runtime
    url: str

    @property
    def admin_id(self) -> OrganizerId:
        found = first_admin(self.rt)
        assert found is not None
        return found

    def sign_in_link(self, who: OrganizerId | None = None) -> str:
        """Good once, for 15 minutes; the admin's unless another is named."""
        return first_link(self.rt, who or self.admin_id)


def next_monday_morning() -> timedelta:
    """From the system's now to ten on a Monday in New York, so that no test depends on the hour."""
    now = datetime.now(_ZONE)
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=10, minute=0, second=0, microsecond=0)
    return monday.astimezone(UTC) - now.astimezone(UTC)


def make_town(folder: Path) -> Path:
    """A sample town, seeded once; tests live in copies of its folder."""
    settings = settings_in(folder)
    settings.data.mkdir(parents=True)
    KeyRing.fresh().save(settings.key_file)
    push = next_monday_morning()
    settings.clock_file.write_text(json.dumps({"seconds": push.total_seconds()}))
    rt = build_runtime(settings)
    migrate(rt.database)
    seed(settings, rt.clock.now())
    rt.database.dispose()
    return folder


def settings_in(folder: Path, port: int | None = None) -> Settings:
    address = {} if port is None else {"PORCHLIGHT_PORT": str(port)}
    return read_settings({"PORCHLIGHT_DATA": str(folder / "data"), **address})


@contextmanager
def served(town: Path, folder: Path) -> Iterator[Live]:
    """A copy of the town in `folder`, served on a free port until left."""
    shutil.copytree(town, folder, dirs_exist_ok=True)
    server = create_server(_not_yet, host="127.0.0.1", port=0, threads=4)
    rt = build_runtime(settings_in(folder, port=server.effective_port))
    server.application = create_app(rt)
    hands = (
        threading.Thread(target=_run, args=(server,), daemon=True),
        threading.Thread(target=jobs.Worker(rt, HANDS).run),
        threading.Thread(target=jobs.clock_loop, args=(rt,)),
    )
    for hand in hands:
        hand.start()
    try:
        yield Live(rt, rt.settings.public_url)
    finally:
        rt.stopping.set()
        server.close()
        for hand in hands[1:]:
            hand.join(timeout=20)
        rt.database.dispose()


def _run(server: BaseWSGIServer) -> None:
    with suppress(OSError):  # closed under it: that is how it ends
        server.run()


def _not_yet(environ: object, start_response: object) -> list[bytes]:
    """The port must be known before the application is made."""
    raise AssertionError("Asked before the application was there.")
