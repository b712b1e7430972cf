"""Ten thousand broken mails, the same each time; `python -m benchmarks.mutations 1000000` reads more."""

import json
import subprocess
import sys
from collections.abc import Callable

from tests.conventions.reading import ROOT
from tests.inbound.mutations import FIXTURES, mutated

N = 10_000


def test_trust_T24_T25_ten_thousand_broken_mails_are_read(
    record_property: Callable[[str, object], None],
) -> None:
    command = (sys.executable, "-m", "benchmarks.mutations", str(N))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout.splitlines()[-1])
    record_property("said", "\n".join(done.stdout.splitlines()[:2]))
    assert told["n"] == N
    assert told["ours"] == 0, done.stdout
    assert told["slowest_seconds"] < 1
    assert told["memory_mb"] < 300


def test_the_same_seed_breaks_the_same_mail_the_same_way() -> None:
    originals = [path.read_bytes() for path in sorted(FIXTURES.glob("*.eml"))]
    some = [mutated(seed, originals) for seed in range(200)]
    assert some == [mutated(seed, originals) for seed in range(200)]
    assert len(set(some)) > 190
