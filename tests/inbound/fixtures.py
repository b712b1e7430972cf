"""Mails in a folder, each with what a person would read in it, and whether our reader does."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inbound.classify import classify
from inbound.parse import read_email
from inbound.trim import trim

HERE = Path(__file__).parent
MAIL = HERE / "mail"  # each a test; what fails is mended
SET_ASIDE = HERE / "set_aside"  # never tuned on; `benchmarks.replies` scores it


@dataclass(frozen=True)
class Read:
    """`expected` and `found` have the same keys; `holds`: every one is as expected."""

    name: str
    expected: dict[str, Any]
    found: dict[str, Any]

    @property
    def holds(self) -> bool:
        return self.expected == self.found


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.eml"))


def read(folder: Path, name: str) -> Read:
    """Only what `<name>.expected` names is compared; `contains` is a part of the reply."""
    raw = (folder / f"{name}.eml").read_bytes()
    expected = tomllib.loads((folder / f"{name}.expected").read_text("utf-8"))
    found = _found(raw)
    if "contains" in expected:
        found["contains"] = expected["contains"] if expected["contains"] in found["reply"] else found["reply"]
    return Read(name, expected, {key: found[key] for key in expected})


def _found(raw: bytes) -> dict[str, Any]:
    incoming = read_email(raw)
    trimmed = trim(incoming.text, incoming.html, subject=incoming.subject)
    verdict = classify(incoming, raw, ours=lambda _: False)
    forwarded = trimmed.forwarded
    return {
        "kind": verdict.kind.value,
        "reply": trimmed.reply,
        "reply_full": trimmed.reply_full,
        "signature": trimmed.signature,
        "answers": [[one.question, one.words] for one in trimmed.answers],
        "forwarded_from": forwarded.sender.address if forwarded else None,
        "forwarded_subject": forwarded.subject if forwarded else None,
        "forwarded_body": forwarded.body if forwarded else None,
        "subject": incoming.subject,
        "senders": [one.address for one in incoming.senders],
        "sender_name": incoming.senders[0].name if incoming.senders else "",
        "failed": list(verdict.failed_recipients),
        "permanent": verdict.permanent,
        "original_ids": list(verdict.original_ids),
    }
