"""What is large or odd is read in a process of its own: whatever becomes of it, no mail is lost."""

import json
import os
import signal
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.parse import limited, limits, read_email
from inbound.parse.carried import as_fields, as_incoming
from inbound.parse.limited import Task, ask
from inbound.parse.message import read_message
from inbound.parse.outlook import opened
from inbound.parse.second import second_opinion

FIXTURES = [path.read_bytes() for path in sorted((Path(__file__).parent / "mail").glob("*.eml"))]
HEAD = b"From: Ana <ana@riverbend.example>\nSubject: =?utf-8?Q?ma=C3=B1ana?=\n"
LARGE = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nYes, I come.\n--b\n" + (
    b"Content-Type: image/jpeg; name=porch.jpg\nContent-Transfer-Encoding: base64\n\n"
    + b"QUJDREVG\n" * 100_000 + b"--b--\n"
)  # fmt: skip


@pytest.fixture(autouse=True)
def a_child_of_its_own() -> Iterator[None]:
    limited.end()
    yield
    limited.end()


def instead(monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """The child reads mail with this function, under the same limits."""
    start = "child._TASKS[child.Task.READ] = read\nchild.main()"
    monkeypatch.setattr(
        limited, "COMMAND", (sys.executable, "-c", f"from inbound.parse import child\n{function}\n{start}")
    )


def test_a_large_mail_is_read_outside_and_says_the_same() -> None:
    envelope = ("bounce@riverbend.example", ("R@porch.example",))
    assert limits.is_odd(LARGE)
    assert read_email(LARGE, *envelope) == read_message(LARGE, *envelope)
    assert limited._SEAT.child is not None


def test_an_ordinary_mail_needs_no_child() -> None:
    for raw in FIXTURES:
        assert not limits.is_odd(raw)
        read_email(raw)
    assert limited._SEAT.child is None


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + b"=?utf-8?b?YQ==?= " * 1_100 + b"\n\nx",
        b"X: y\n" * 600 + b"\nx",
        b"X: y\r\n" * 600 + b"\r\nx",
        b"\n\n" + b"--b\n\nx\n" * 500,
    ],
)
def test_many_parts_encoded_words_or_headers_are_odd(raw: bytes) -> None:
    assert limits.is_odd(raw)


@given(st.sampled_from(FIXTURES), st.binary(max_size=40), st.integers(0, 2_000))
def test_what_was_read_crosses_the_pipe_unchanged(raw: bytes, noise: bytes, place: int) -> None:
    incoming = read_message(raw[:place] + noise + raw[place:], None, ())
    assert as_incoming(json.loads(json.dumps(as_fields(incoming)))) == incoming


@pytest.mark.parametrize("answer", [None, {}, {"channel": "pigeon"}, {"channel": "email", "senders": 3}])
def test_an_answer_that_is_no_mail_is_none(answer: dict[str, object] | None) -> None:
    assert as_incoming(answer) is None


@pytest.mark.parametrize(
    "function",
    [
        "def read(raw, **rest):\n whole = 'x' * 400_000_000\n return child._read(raw, **rest)",
        "def read(raw, **rest):\n sum(range(10**9))\n return child._read(raw, **rest)",
        "def read(raw, **rest): import os; os.abort()",
        "def read(raw, **rest): raise RecursionError",
        "def read(raw, **rest): print('not json'); return {}",
        "def read(raw, **rest): return {'text': 'half of it'}",
    ],
    ids=["memory", "processor time", "crash", "exception", "noise", "half an answer"],
)
def test_trust_T24_a_mail_that_breaks_the_child_is_shown_by_its_first_words(
    monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    instead(monkeypatch, function)
    begun = time.monotonic()
    incoming = read_email(LARGE, None, ("r@porch.example",))
    assert time.monotonic() - begun < limited.SECONDS
    assert (incoming.subject, incoming.text) == ("mañana", "Yes, I come.")
    assert incoming.senders[0].address == "ana@riverbend.example"
    assert "too_odd" in incoming.warnings
    assert incoming.recipients == ("r@porch.example",)


def test_a_child_that_was_killed_between_two_mails_is_replaced() -> None:
    assert read_email(LARGE).warnings == ()
    child = limited._SEAT.child
    assert child is not None
    child.kill()
    child.wait()
    assert read_email(LARGE).warnings == ()
    assert limited._SEAT.child is not child


def test_a_child_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_email(LARGE).warnings == ()
    assert limited._SEAT.child is not None
    monkeypatch.setattr(limited, "SECONDS", 0.2)
    os.kill(limited._SEAT.child.pid, signal.SIGSTOP)
    assert read_email(LARGE).warnings == ("too_odd",)
    monkeypatch.undo()
    assert read_email(LARGE).warnings == ()


def test_a_forked_process_starts_a_child_of_its_own() -> None:
    read_email(LARGE)
    forked = os.fork()
    if not forked:
        os._exit(0 if limited._SEAT.child is None else 1)
    assert os.waitpid(forked, 0)[1] == 0
    assert limited._SEAT.child is not None


def test_no_secret_reaches_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_SECRET", "swordfish")
    instead(monkeypatch, "def read(raw): import os; return dict(os.environ)")
    environment = ask(Task.READ, b"")
    assert environment
    assert "swordfish" not in environment.values()


def piece(level: int, name: int, kind: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(content)) + content + b"\0\0"


WINMAIL = (
    struct.pack("<IH", 0x223E9F78, 1)
    + piece(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    + piece(1, 0x800C, 2, b"I bring soup.\0")
    + piece(2, 0x9002, 6, bytes(14))
    + piece(2, 0x8010, 2, b"recipe.txt\0")
    + piece(2, 0x800F, 6, b"Onions")
)


def in_outlook_format(content: bytes) -> bytes:
    body = "".join(f"={byte:02X}" for byte in content).encode()
    kind = b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: quoted-printable"
    return HEAD + kind + b"\n\n" + body


def test_a_winmail_dat_is_opened() -> None:
    incoming = read_email(in_outlook_format(WINMAIL))
    assert incoming.text == "I bring soup."
    assert [(part.filename, part.size) for part in incoming.parts] == [
        ("winmail.dat", len(WINMAIL)),
        ("recipe.txt", 6),
    ]
    assert "outlook_format" not in incoming.warnings


@pytest.mark.parametrize("cut", [0, 5, 9, 20])
def test_a_broken_winmail_dat_is_said_to_be_in_outlook_format(cut: int) -> None:
    incoming = read_email(in_outlook_format(WINMAIL[:cut]))
    assert (incoming.text, incoming.parts[0].filename) == ("", "winmail.dat")
    assert "outlook_format" in incoming.warnings


def test_without_the_extra_a_winmail_dat_is_said_to_be_in_outlook_format(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tnefparse", None)  # importing it fails
    assert opened(in_outlook_format(WINMAIL)) is None
    monkeypatch.setattr("inbound.parse.mail.ask", lambda *_: {})
    assert "outlook_format" in read_email(in_outlook_format(WINMAIL)).warnings


def test_the_second_opinion_is_asked_only_where_we_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Task] = []

    def found(task: Task, raw: bytes) -> dict[str, str]:
        asked.append(task)
        return {"text": "Found."}

    monkeypatch.setattr("inbound.parse.mail.ask", found)
    assert read_email(HEAD + b"\nOurs.").text == "Ours."
    assert read_email(HEAD + b"\n\n").text == "Found."
    closed = read_email(HEAD + b"Content-Type: application/pkcs7-mime\n\n")
    assert (closed.text, asked) == ("", [Task.SECOND_OPINION])


def test_the_second_opinion_has_line_feeds_only_and_no_nul() -> None:
    raw = HEAD + b"Content-Type: text/plain\n\none\rtwo\r\nthr\0ee\n"
    assert second_opinion(raw)["text"] == "one\ntwo\nthree"
