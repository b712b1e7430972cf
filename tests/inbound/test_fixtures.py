"""Each mail of the fixture folder is read as the file beside it says."""

import tomllib
from pathlib import Path

import pytest

from inbound.classify import classify
from inbound.parse import read_email
from inbound.trim import trim

MAIL = Path(__file__).parent / "mail"
NAMES = sorted(path.stem for path in MAIL.glob("*.eml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_read_as_expected(name: str) -> None:
    raw = (MAIL / f"{name}.eml").read_bytes()
    expected = tomllib.loads((MAIL / f"{name}.expected").read_text("utf-8"))
    incoming = read_email(raw)
    trimmed = trim(incoming.text, incoming.html)
    verdict = classify(incoming, raw, ours=lambda _: False)
    found = {
        "kind": verdict.kind.value,
        "reply": trimmed.reply,
        "reply_full": trimmed.reply_full,
        "signature": trimmed.signature,
        "subject": incoming.subject,
        "senders": [one.address for one in incoming.senders],
        "sender_name": incoming.senders[0].name,
        "failed": list(verdict.failed_recipients),
        "permanent": verdict.permanent,
        "original_ids": list(verdict.original_ids),
    }
    part = expected.pop("contains", "")
    assert part in trimmed.reply
    assert {key: found[key] for key in expected} == expected


def test_every_fixture_is_explained_in_the_readme() -> None:
    readme = (MAIL.parent / "README.md").read_text("utf-8")
    assert NAMES
    assert [name for name in NAMES if f"| {name} |" not in readme] == []
