"""How soon a mail that is posted to us is on the disk and answered: `.venv/bin/python -m benchmarks.receive
[SECONDS]` (30), at 200 posts a second, to the web process of the Procfile, on PostgreSQL and on SQLite.

Both wait for the disk, as at home. Times count from when a post was due. Beside it, in the same run, posts
with a wrong secret, which are refused before the database is asked. The first seconds of a fresh process,
which loads libraries and connects, stand in a row of their own. The last line is one JSON object: p99 on
PostgreSQL, and its baseline.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.posting import Plan
from engine.actions import community
from engine.actions.community import CommunityForm
from engine.clock import SystemClock
from engine.privacy.sealed import KeyRing
from engine.settings import read_settings
from engine.store.base import open_database, table_of
from engine.store.migrations import migrate
from engine.store.raw import Raw
from tests.servers import postgres, valkey
from tests.servers.dovecot import free_ports
from tests.servers.keeper import folder_for, keep
from webapp.wiring import build_runtime

HERE = Path(__file__).parent.parent
RATE, SECONDS, BASELINE_SECONDS, FIRST_SECONDS = 200, 30, 10, 2
LIMIT = 150.0  # ms, p99
SECRET, KEY = "s" * 32, "k" * 32
UP_WITHIN = 30.0  # seconds


def careful_postgres() -> str:
    """As the tests' own, but each commit is on the disk when it is answered."""
    folder = folder_for("postgres")
    found = postgres.programs(folder)
    postgres.make_cluster(found, folder)
    keep([str(found / "postgres"), "-D", str(folder / "cluster"), "-h", "", "-k", str(folder)], folder)
    postgres.wait_for(found, folder)
    return f"postgresql+psycopg://porchlight@/postgres?host={folder}"


@contextmanager
def web(environment: dict[str, str], port: int) -> Iterator[None]:
    """The web process as the Procfile starts it, over an empty community; stopped at the end."""
    settings = read_settings(environment)
    settings.data.mkdir(parents=True)
    KeyRing.fresh().save(settings.key_file)
    rt = build_runtime(settings, SystemClock())
    migrate(rt.database)
    community.found(rt, CommunityForm("River Neighbors", "12 Alder Street"))
    rt.database.dispose()
    lines = (HERE / "Procfile").read_text().splitlines()
    command = next(line.removeprefix("web: ") for line in lines if line.startswith("web: "))
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command}"], cwd=HERE, env=os.environ | environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_up(port)
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_up(port: int) -> None:
    until = time.monotonic() + UP_WITHIN
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/hooks/mail", b"x", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The web process did not come up.")


def post(port: int, what: str, seconds: int) -> tuple[list[float], dict[str, int]]:
    plan = Plan(port, what, RATE, seconds, SECRET, KEY)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.posting"], cwd=HERE, check=True, text=True,
        input=json.dumps(asdict(plan)), stdout=subprocess.PIPE, timeout=seconds + 90,
    )  # fmt: skip
    said = json.loads(done.stdout)
    return sorted(said["took"]), said["codes"]


def at(took: list[float], share: float) -> float:
    return took[min(len(took) - 1, int(share * len(took)))]


def tell(name: str, took: list[float]) -> None:
    times = "".join(f"{at(took, share):10.1f}" for share in (0.5, 0.99, 0.999, 1.0))
    print(f"{name:<26}{times}", flush=True)


def measure(name: str, more: dict[str, str], seconds: int) -> tuple[float, float]:
    """p99 of kept and of refused posts, in ms. Raises SystemExit when one that was accepted is missing."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PORCHLIGHT_DATA": str(Path(folder, "porch")),
            "PORCHLIGHT_PORT": str(port),
            "PORCHLIGHT_MAIL_HOOK_SECRET": SECRET,
            "MAILGUN_SIGNING_KEY": KEY,
            **more,
        }
        with web(environment, port):
            refused, _ = post(port, "refused", min(seconds, BASELINE_SECONDS))
            first, first_codes = post(port, "mail", FIRST_SECONDS)
            took, codes = post(port, "mail", seconds)
        kept = how_many_are_kept(environment)
    tell(f"{name}, refused", refused)
    tell(f"{name}, first {FIRST_SECONDS} s", first)
    tell(f"{name}, kept", took)
    posts, accepted = len(first) + len(took), codes.get("200", 0) + first_codes.get("200", 0)
    print(f"  {posts} posts, {posts - accepted} errors {codes}, {kept} mails in the database")
    if kept != accepted:
        raise SystemExit(f"{accepted} were accepted and {kept} are kept.")
    return at(took, 0.99), at(refused, 0.99)


def how_many_are_kept(environment: dict[str, str]) -> int:
    settings = read_settings(environment)
    database = open_database(settings.database_url)
    with database.connect() as connection:
        kept = connection.execute(select(func.count()).select_from(table_of(Raw))).scalar_one()
    database.dispose()
    return kept


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    os.environ["PORCHLIGHT_TEST_RUN"] = str(os.getpid())  # the servers live as long as we do
    load = f"load before {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{RATE} posts a second for {seconds} s; {load}")
    print(f"{'ms':<26}{'p50':>10}{'p99':>10}{'p99.9':>10}{'most':>10}")
    servers = {"DATABASE_URL": careful_postgres(), "REDIS_URL": valkey.start()}
    ours, baseline = measure("PostgreSQL", servers, seconds)
    lite, _ = measure("SQLite", {}, seconds)
    print(f"p99 below {LIMIT:.0f} ms: PostgreSQL {ours < LIMIT}, SQLite {lite < LIMIT}")
    result = {"name": "receive", "ours": round(ours, 1), "baseline": round(baseline, 1)}
    print(json.dumps(result | {"ratio": round(ours / baseline, 2), "unit": "ms p99", "n": RATE * seconds}))


if __name__ == "__main__":
    main()
