"""How well replies are understood, beside carriers' keywords: `.venv/bin/python -m benchmarks.intents`.

An argument may name a file of labelled replies as the corpora have them (one JSON object a line: text,
labels, and for a crisis its severity); without it, `../shared/corpora/intents/dev.jsonl`. The last line is
one JSON object: the share of wishes to stop that are found, ours and by the reserved words alone.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engine.vocabulary import reserved
from inbound.understand import fold, understand_for_score

HERE = Path(__file__).parent.parent
URGENT = {"crisis", "opt_out", "anger", "spam"}
Read = Callable[[dict[str, Any]], dict[str, Any]]


def read_by_keywords(case: dict[str, Any]) -> dict[str, Any]:
    """What a carrier does: a reserved word as the whole message."""
    return {"labels": ["opt_out"] if fold(case["text"]) in reserved.STOP else ["other"], "action": "person"}


def f1(cases: Sequence[dict[str, Any]], said: Sequence[set[str]], label: str) -> float:
    pairs = [(label in case["labels"], label in labels) for case, labels in zip(cases, said, strict=True)]
    right = sum(wanted and given for wanted, given in pairs)
    both = sum(wanted + given for wanted, given in pairs)
    return 2 * right / both if right else 0.0


def missed(cases: Sequence[dict[str, Any]], said: Sequence[set[str]], label: str, severity: str = "") -> str:
    asked = [
        label in labels
        for case, labels in zip(cases, said, strict=True)
        if label in case["labels"] and severity in ("", case.get("severity"))
    ]
    return f"{len(asked) - sum(asked)} of {len(asked)} missed"


def report(cases: Sequence[dict[str, Any]], read: Read, name: str) -> float:
    """Prints what this reader does with the cases; returns the share of wishes to stop it finds."""
    began = time.perf_counter()
    answers = [read(case) for case in cases]
    each = (time.perf_counter() - began) / len(cases) * 1000
    said = [set(answer["labels"]) for answer in answers]
    labels = sorted({label for case in cases for label in case["labels"]})
    macro = sum(f1(cases, said, label) for label in labels) / len(labels)
    print(f"{name}: macro F1 {macro:.3f}, {each:.2f} ms a reply")
    print(f"  wishes to stop: {missed(cases, said, 'opt_out')}")
    for severity in ("acute", "distress"):
        print(f"  {severity}: {missed(cases, said, 'crisis', severity)}")
    calm = [not URGENT & set(case["labels"]) for case in cases]
    done = Counter(answer["action"] for answer, is_calm in zip(answers, calm, strict=True) if is_calm)
    halted = done["page"] + done["pause"]
    print(f"  ordinary replies halted in vain: {halted} of {sum(calm)} ({halted / max(1, sum(calm)):.1%})")
    print(f"  ordinary replies by what is done: {dict(done)}")
    stops = [labels for case, labels in zip(cases, said, strict=True) if "opt_out" in case["labels"]]
    return sum("opt_out" in labels for labels in stops) / max(1, len(stops))


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "shared/corpora/intents/dev.jsonl"
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    ours = report(cases, understand_for_score, "ours")
    baseline = report(cases, read_by_keywords, "reserved words alone")
    figures = {"name": "intents", "ours": round(ours, 3), "baseline": round(baseline, 3)}
    ratio = round(ours / baseline, 2) if baseline else None
    print(json.dumps(figures | {"ratio": ratio, "unit": "share of wishes to stop found", "n": len(cases)}))


if __name__ == "__main__":
    main()
