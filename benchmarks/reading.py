"""How fast mail is read, on one core: `.venv/bin/python -m benchmarks.reading`.

Every fixture, and the mails of the corpora where they lie beside the repository, is parsed, classified and
trimmed; mail-parser alone parses the same mails in the same run. The figure is the median of the rounds, in
messages a second of processor time. The last line is one JSON object.
"""

import json
import logging
import statistics
import time
from collections.abc import Callable, Sequence

import mailparser

from inbound.classify import classify
from inbound.parse import read_email
from inbound.trim import trim
from tests.inbound.mutations import mails

ROUNDS = 7


def read(raw: bytes) -> None:
    incoming = read_email(raw)
    classify(incoming, raw, ours=lambda _: False)
    trim(incoming.text, incoming.html)


def parse_with_mail_parser(raw: bytes) -> None:
    try:
        mail = mailparser.parse_from_bytes(raw)
    except Exception:  # as it does on some of them
        return
    _ = mail.text_plain, mail.text_html, mail.subject, mail.from_


def rate(step: Callable[[bytes], object], raws: Sequence[bytes]) -> float:
    """Messages a second of processor time, the median of some rounds after one to warm up."""
    rounds = []
    for _ in range(ROUNDS + 1):
        begun = time.process_time()
        for raw in raws:
            step(raw)
        rounds.append(len(raws) / (time.process_time() - begun))
    return statistics.median(rounds[1:])


def main() -> None:
    logging.disable(logging.CRITICAL)
    raws = mails()
    parse, whole = rate(read_email, raws), rate(read, raws)
    theirs = rate(parse_with_mail_parser, raws)
    print(
        f"{len(raws)} mails of {sum(map(len, raws)) / len(raws) / 1024:.1f} KB on average, median of {ROUNDS}"
    )
    print(f"parse {parse:,.0f} a second ({1e6 / parse:.0f} µs each)")
    print(f"parse, classify and trim {whole:,.0f} a second ({1e6 / whole:.0f} µs each)")
    print(f"mail-parser, parsing alone {theirs:,.0f} a second")
    result = {"name": "reading", "ours": round(whole), "baseline": round(theirs)}
    print(json.dumps(result | {"ratio": round(whole / theirs, 2), "unit": "messages/s", "n": len(raws)}))


if __name__ == "__main__":
    main()
