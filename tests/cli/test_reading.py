"""`porchlight read` says what the reader makes of a mail, to people and to programs."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.test_sentences import porchlight, said

MAIL = Path(__file__).parents[1] / "inbound" / "mail"


def test_a_mail_is_read_for_people(tmp_path: Path) -> None:
    done = porchlight(tmp_path, "read", str(MAIL / "inline.eml"))
    assert done.returncode == 0
    assert "Kind:     person" in done.stdout
    assert "Yes, from ten." in done.stdout
    assert not (tmp_path / "data").exists()  # nothing is kept


def test_a_mail_is_read_for_programs_from_a_pipe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "webapp.cli", "read", "--json", "-"]
    raw = (MAIL / "bounce.eml").read_bytes()
    done = subprocess.run(command, input=raw, capture_output=True, timeout=60, check=True)
    found = json.loads(done.stdout)
    assert found["kind"] == "bounce"
    assert found["failed"][0] == {
        "address": "ana@example.org", "blameless": False, "permanent": True, "status": "5.1.1",
    }  # fmt: skip
    assert list(found) == sorted(found)


def test_no_mail_moves_the_cursor_of_a_terminal(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.eml"
    hostile.write_bytes(b"From: a@b.example\nSubject: \x1b]0;x\x07\n\nHello\x1b[2J\x9b1m there\n")
    shown = porchlight(tmp_path, "read", str(hostile)).stdout
    assert "Hello" in shown
    assert all(letter.isprintable() or letter == "\n" for letter in shown)


def test_a_missing_file_and_an_empty_house_are_said(tmp_path: Path) -> None:
    assert "cannot be read" in said(porchlight(tmp_path, "read", str(tmp_path / "nothing.eml")))
    assert "porchlight init" in said(porchlight(tmp_path, "examples", str(tmp_path / "out")))
