"""`porchlight read` and `porchlight examples`: what our reader makes of a mail, and where it was wrong."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click

from engine.vocabulary.messages import Incoming, Trimmed
from inbound.classify import Verdict, classify
from inbound.parse import read_email
from inbound.trim import trim
from webapp.cli.house import open_house
from webapp.cli.sentences import Unable

_SURE: Final = ((0.85, "sure"), (0.5, "fairly sure"), (0.0, "not sure"))


@dataclass(frozen=True)
class _Read:
    incoming: Incoming
    verdict: Verdict
    trimmed: Trimmed


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def read(file: Path, *, as_json: bool) -> None:
    """Say what our reader makes of a mail (FILE.eml, or - for standard input). Nothing is kept or sent."""
    raw = _bytes_of(file)
    incoming = read_email(raw)
    trimmed = trim(incoming.text, incoming.html, subject=incoming.subject)
    found = _Read(incoming, classify(incoming, raw, ours=lambda _: False), trimmed)
    click.echo(_for_programs(found) if as_json else _for_people(found))


def _for_programs(found: _Read) -> str:
    """The keys are named in docs/reading.md."""
    incoming, verdict = found.incoming, found.verdict
    fields = asdict(found.trimmed) | {
        "kind": verdict.kind.value,
        "reason": verdict.reason,
        "failed": [asdict(one) for one in verdict.failed],
        "calendar": asdict(verdict.calendar) if verdict.calendar else None,
        "senders": [asdict(one) for one in incoming.senders],
        "recipients": incoming.recipients,
        "subject": incoming.subject,
        "date": incoming.date.isoformat() if incoming.date else None,
        "text": incoming.text,
        "files": [asdict(one) for one in incoming.parts],
        "readable": incoming.readable,
        "warnings": _warnings(found),
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=2)


def _for_people(found: _Read) -> str:
    """Without what could move the cursor of a terminal."""
    trimmed, verdict = found.trimmed, found.verdict
    sure = next(words for least, words in _SURE if trimmed.confidence >= least)
    senders = ", ".join(f"{one.name} <{one.address}>".strip() for one in found.incoming.senders)
    lines = [
        f"Kind:     {verdict.kind.value} ({verdict.reason})",
        f"From:     {senders or 'nobody is named'}",
        f"Subject:  {found.incoming.subject}",
        f"Cut:      {trimmed.method} ({sure})",
        *(f"Failed:   {one.address} {one.status}" for one in verdict.failed),
        *(f"Warning:  {one}" for one in _warnings(found)),
    ]
    for label, words in (
        ("The words that count", trimmed.reply),
        ("Signature", trimmed.signature),
        ("Of others", trimmed.quoted),
    ):
        lines += [f"\n--- {label}\n{words}"] if words else []
    written = "\n".join(lines)
    return "".join(letter for letter in written if letter.isprintable() or letter in "\n\t")


def _warnings(found: _Read) -> tuple[str, ...]:
    return found.incoming.warnings + found.trimmed.warnings


def _bytes_of(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        raise Unable(f"{file} cannot be read: {why}. Name a mail as your program saves it (.eml).") from None


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def examples(folder: Path) -> None:
    """Write the mails that were cut wrong, each with its right words, into FOLDER. They are private words."""
    from engine.store import examples as store

    rt = open_house()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = 0
    with rt.reading() as session:
        for count, example in enumerate(store.every(session), start=1):  # noqa: B007
            (folder / f"{example.raw_id}.eml").write_bytes(example.mail.content)
            expected = f"reply = {json.dumps(example.wanted, ensure_ascii=False)}\n"
            (folder / f"{example.raw_id}.expected").write_text(expected, "utf-8")
    if not count:
        raise Unable("Nobody has said yet that a message was cut wrong.")
    click.echo(f"{count} written to {folder}. They are members' own words: ask before you show them.")
