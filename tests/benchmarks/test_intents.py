"""The benchmark of replies counts what it says it counts."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[2]


def test_intents_prints_what_is_missed_and_who_is_halted_in_vain(tmp_path: Path) -> None:
    cases = [
        {"text": "please take me off your list", "labels": ["opt_out"]},
        {"text": "STOP", "labels": ["opt_out"]},
        {"text": "the bench is green", "labels": ["opt_out"]},
        {"text": "I want to kill myself", "labels": ["crisis"], "severity": "acute"},
        {"text": "yes please", "labels": ["rsvp_yes"]},
        {"text": "stop texting me", "labels": ["other"]},
    ]
    (tmp_path / "cases.jsonl").write_text("\n".join(json.dumps(case) for case in cases))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.intents", str(tmp_path / "cases.jsonl")],
        cwd=HERE, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ours, theirs = done.stdout.split("reserved words alone")
    assert "wishes to stop: 1 of 3 missed" in ours
    assert "acute: 0 of 1 missed" in ours
    assert "halted in vain: 1 of 2 (50.0%)" in ours
    assert "wishes to stop: 2 of 3 missed" in theirs
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["ours"], last["baseline"], last["n"]) == (0.667, 0.333, 6)
