"""How well mail is understood, beside other libraries: `.venv/bin/python -m benchmarks.replies [CORPORA]`.

CORPORA (or PORCHLIGHT_CORPORA) is the folder with `score.py`, which judges; without it, `../shared/corpora`.
Each mail has a time limit; what raises or is too slow counts as wrong. The last line is one JSON object:
replies that are exactly right, in per cent, ours and the best of the others.
"""

import importlib.util
import json
import logging
import os
import signal
import sys
import tomllib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import others, reading
from inbound.parse import parse_for_score, read_email
from tests.inbound import fixtures
from tests.inbound.mutations import mails
from tests.inbound.test_disagreements import LISTED

HERE = Path(__file__).parent.parent
LIMIT = 5.0  # seconds a mail
Read = Callable[[bytes], dict[str, Any]]

TRIMMERS: dict[str, Read] = {
    "ours": parse_for_score,
    "quotequail": others.read_with_quotequail,
    "mail-parser-reply": others.read_with_mail_parser_reply,
    "email-reply-parser": others.read_with_email_reply_parser,
}
FORWARDS = {name: TRIMMERS[name] for name in ("ours", "quotequail")}  # the others know no forwards
BOUNCES: dict[str, Read] = {"ours": parse_for_score, "flufl.bounce": others.read_with_flufl}
PARSERS: dict[str, Read] = {
    "ours": parse_for_score,
    "mail-parser": others.read_with_mail_parser,
    "stdlib policy.default": others.read_with_stdlib,
}


class TooSlow(BaseException):
    """Not an Exception: libraries swallow those."""


@dataclass(frozen=True, slots=True)
class Judged:
    case: dict[str, Any]
    said: dict[str, Any]
    verdict: dict[str, Any]  # of the scorer
    failed: bool  # raised, or was too slow


def corpora(given: str | None) -> Path:
    """Raises SystemExit, with a sentence, when they are not there."""
    path = Path(given or os.environ.get("PORCHLIGHT_CORPORA") or HERE.parent / "shared" / "corpora")
    if not (path / "score.py").is_file():
        raise SystemExit(
            f"There are no corpora at {path} (no score.py). "
            "Name their folder: python -m benchmarks.replies FOLDER, or set PORCHLIGHT_CORPORA."
        )
    return path


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpora_score", folder / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(score: ModuleType, cases: Sequence[dict[str, Any]], read: Read) -> list[Judged]:
    return [_judge_one(score, case, read) for case in cases]


def _judge_one(score: ModuleType, case: dict[str, Any], read: Read) -> Judged:
    bare = case.get("input", "message") != "message"
    raw = score.wrap(case, case["_raw"]) if bare else case["_raw"]
    said, failed = {}, False
    try:
        with limited(case["expected"].get("max_seconds", LIMIT)):
            said = read(raw)
    except (Exception, TooSlow):
        failed = True
    verdict = score.JUDGES[case["kind"]](case["expected"], said)
    if failed:
        verdict |= {"ok": False, "fields": False, "f1": None if verdict["f1"] is None else 0.0}
    return Judged(case, said, verdict, failed)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    signal.signal(signal.SIGALRM, _too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _too_slow(*_: object) -> None:
    raise TooSlow


def percent(values: Sequence[float]) -> str:
    return f"{100 * sum(values) / len(values):.1f}" if values else "-"


def rights(judged: Sequence[Judged], key: str = "ok") -> list[float]:
    return [float(bool(one.verdict[key])) for one in judged if key in one.verdict]


def strict(judged: Sequence[Judged]) -> list[Judged]:
    return [one for one in judged if one.verdict["strict"]]


def words_kept(score: ModuleType, judged: Sequence[Judged]) -> float:
    """The share of the author's words, where the whole reply is known, that are still there."""
    kept = every = 0
    for one in strict(judged):
        wanted = Counter(score.TOKEN.findall(score.norm(one.case["expected"]["reply"])))
        got = Counter(score.TOKEN.findall(score.norm(one.said.get("reply"))))
        kept, every = kept + (wanted & got).total(), every + wanted.total()
    return kept / max(every, 1)


def emptied(one: Judged) -> bool:
    wanted = one.case["expected"]
    words = [wanted.get("reply", ""), wanted.get("starts_with", ""), *wanted.get("contains", [])]
    return any(each.strip() for each in words) and not str(one.said.get("reply") or "").strip()


def row(name: str, *cells: object) -> None:
    print(f"  {name:<24}" + "".join(f"{cell!s:>10}" for cell in cells))


def tell_replies(score: ModuleType, cases: Sequence[dict[str, Any]]) -> dict[str, float]:
    print(f"Replies, {len(cases)}: per cent, then how many")
    row("", "pass", "exact", "F1", "kept", "emptied", "bounces", "failed")
    exact = {}
    for name, read in TRIMMERS.items():
        judged = judge(score, cases, read)
        f1s = [one.verdict["f1"] for one in judged if one.verdict["f1"] is not None]
        whole = rights(strict(judged))
        exact[name] = 100 * sum(whole) / max(len(whole), 1)
        false = sum(one.said.get("kind") == "bounce" for one in judged) if name == "ours" else "-"
        row(name, percent(rights(judged)), percent(whole), percent(f1s), percent([words_kept(score, judged)]),
            sum(map(emptied, judged)), false, sum(one.failed for one in judged))  # fmt: skip
    return exact


def tell(score: ModuleType, title: str, cases: Sequence[dict[str, Any]], readers: dict[str, Read]) -> None:
    """One row a reader: those right, those whose fields (or addresses) are right, and those that failed."""
    print(f"{title}, {len(cases)}: per cent, then how many")
    key = "either" if title == "Bounces" else "fields"
    named = {"Bounces": "address", "Forwards": "parts"}.get(title, "as stated")
    row("", "read" if title == "Malformed" else "right", named, "failed")
    for name, read in readers.items():
        judged = judge(score, cases, read)
        stated = [
            one for one in judged if title != "Malformed" or {"text", "subject"} & set(one.case["expected"])
        ]
        row(name, percent(rights(judged)), percent(rights(stated, key)), sum(one.failed for one in judged))


def tell_disagreements() -> None:
    """Where the malformed corpus states what we do not read: tests hold this list to be whole."""
    listed = tomllib.loads(LISTED.read_text("utf-8"))
    print(f"Not read as stated, {len(listed)}, each on purpose")
    for name, reason in listed.items():
        print(f"  {name.rpartition('#')[2]}: {reason}")


def tell_set_aside() -> None:
    """Our own mails that nobody tunes on; only these sums are looked at."""
    each = [fixtures.read(fixtures.SET_ASIDE, name) for name in fixtures.names(fixtures.SET_ASIDE)]
    print(f"Set aside, {len(each)} of our own fixtures: per cent")
    row("", "whole", "reply", "kind")
    words = [one for one in each if "reply" in one.expected]
    row(
        "ours",
        percent([one.holds for one in each]),
        percent([one.expected["reply"] == one.found["reply"] for one in words]),
        percent([one.expected["kind"] == one.found["kind"] for one in each]),
    )


def tell_speed() -> None:
    raws = mails()
    ours, theirs = reading.rate(reading.read, raws), reading.rate(reading.parse_with_mail_parser, raws)
    parse = reading.rate(read_email, raws)
    print(f"Speed, {len(raws)} mails: messages a second of one core, median of {reading.ROUNDS} rounds")
    row("parse, classify, trim", f"{ours:,.0f}")
    row("parse alone", f"{parse:,.0f}")
    row("mail-parser alone", f"{theirs:,.0f}")


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    folder = corpora(sys.argv[1] if len(sys.argv) > 1 else None)
    score = scorer(folder)
    cases = {kind: score.load(folder, [kind], None) for kind in ("reply", "forward", "bounce", "malformed")}
    exact = tell_replies(score, cases["reply"])
    tell(score, "Forwards", cases["forward"], FORWARDS)
    tell(score, "Bounces", cases["bounce"], BOUNCES)
    tell(score, "Malformed", cases["malformed"], PARSERS)
    tell_disagreements()
    tell_set_aside()
    tell_speed()
    ours, best = exact.pop("ours"), max(exact.values())
    result = {"name": "replies", "ours": round(ours, 1), "baseline": round(best, 1)}
    ratio = round(ours / best, 2) if best else None
    print(json.dumps(result | {"ratio": ratio, "unit": "% exact", "n": len(cases["reply"])}))


if __name__ == "__main__":
    main()
