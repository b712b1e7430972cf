"""The bytes of a letter say what they were given, to any reader of mail, whatever was given."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content.mime import (
    Headers,
    alternative,
    clean,
    clean_lines,
    join_soft,
    quoted_printable,
    write_headers,
)

HEADERS = Headers(
    sender_name="Maya at River Neighbors",
    sender_address="hello@porch.example.org",
    to="ana@example.org",
    reply_to="r-token@porch.example.org",
    rfc_message_id="<01j@porch.example.org>",
    date=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
)
NAMES = {"from", "to", "reply-to", "subject", "date", "message-id", "content-language", "mime-version"}

# Words as hostile as they come (trust T9), and every other.
WORDS = st.one_of(
    st.text(max_size=120),
    st.sampled_from(
        [
            "a\r\nBcc: all@example.org", "a\nb\n\nc", "a\0b", "=?utf-8?q?a=0D=0ABcc=3A_x?=", "=20=3D",
            '"; <x@example.org>', "Ñandú, \"Ana\" <b@example.org>", "\u2028Bcc: x", "💡" * 60,
            "春" * 200, "x" * 400,
            "a" * 70 + " ñ", "-- ", ".", "From me", " lead and trail ", "\x85Bcc: x", "\u202egnp.exe",
        ]
    ),
)  # fmt: skip


def letter(
    headers: Headers, subject: str = "Hello", text: str = "Words.", html: str = "<p>Words.</p>"
) -> bytes:
    head = b"".join(write_headers(headers, subject, "en"))
    return head + alternative("=_porch_x", quoted_printable(text), quoted_printable(html))


def read(raw: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def decoded(value: str) -> str:
    """By the older reader: 3.11's newer one puts a blank between the encoded words of a name."""
    return " ".join(str(make_header(decode_header(value))).split())


@given(WORDS, WORDS)
def test_trust_T9_no_words_become_a_header(subject: str, name: str) -> None:
    raw = letter(replace(HEADERS, sender_name=name), subject)
    found = read(raw)
    assert {key.lower() for key in found.keys()} == NAMES | {"content-type"}  # noqa: SIM118 (repeats count)
    assert len(found.keys()) == len(NAMES) + 1
    assert [box.addr_spec for box in found["From"].addresses] == ["hello@porch.example.org"]


@given(WORDS, WORDS)
def test_headers_say_what_they_were_given(subject: str, name: str) -> None:
    found = email.message_from_bytes(letter(replace(HEADERS, sender_name=name), subject))
    shown, address = parseaddr("".join(found["From"].splitlines()))
    assert decoded(found["Subject"]) == " ".join(clean(subject).split())
    assert decoded(shown) == " ".join(clean(name).split())
    assert address == HEADERS.sender_address


@given(WORDS, WORDS)
def test_bodies_say_what_they_were_given(text: str, html: str) -> None:
    plain, rich = read(letter(HEADERS, text=text, html=html)).iter_parts()
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    assert plain.get_content().replace("\r\n", "\n") == ends
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")


@given(WORDS, WORDS, WORDS)
def test_lines_are_short_and_end_alike(subject: str, name: str, text: str) -> None:
    raw = letter(replace(HEADERS, sender_name=name), subject, text, text)
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert all(len(line) <= 78 for line in body.split(b"\r\n"))


@given(st.lists(WORDS, max_size=6))
def test_pieces_join_without_a_seam(pieces: list[str]) -> None:
    body = join_soft(quoted_printable(piece) for piece in pieces if piece)
    plain, _ = read(b"".join(write_headers(HEADERS, "", "en")) + alternative("=_x", body, b"x")).iter_parts()
    joined = "".join(piece.replace("\r\n", "\n").replace("\r", "\n") for piece in pieces)
    assert plain.get_content().replace("\r\n", "\n") == joined


def test_trust_E2_a_long_unsubscribe_address_stays_on_one_line() -> None:
    link = "https://porch.example.org/u/" + "a1-_" * 31
    raw = letter(replace(HEADERS, list_unsubscribe=link))
    assert len(link) > 150
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_a_personal_letter_has_no_list_headers() -> None:
    raw = letter(
        replace(HEADERS, in_reply_to="<a@example.org>", references=("<b@example.org>", "<a@example.org>"))
    )
    found = read(raw)
    assert not any(name.lower().startswith("list-") for name in found.keys())  # noqa: SIM118
    assert found["In-Reply-To"] == "<a@example.org>"
    assert str(found["References"]).split() == ["<b@example.org>", "<a@example.org>"]
    assert found["Auto-Submitted"] is None


def test_an_answer_of_the_machine_says_so() -> None:
    assert read(letter(replace(HEADERS, auto_submitted=True)))["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    "odd", ["<a b@example.org>", "<" + "a" * 5000 + ">", "no brackets", "<a\r\nBcc: x>", "<ñ@x>"]
)
def test_trust_T9_another_program_s_odd_id_is_left_out(odd: str) -> None:
    found = read(letter(replace(HEADERS, in_reply_to=odd, references=(odd, "<a@example.org>"))))
    assert found["In-Reply-To"] is None
    assert found["References"] == "<a@example.org>"


def test_a_long_thread_keeps_its_newest_ids() -> None:
    ids = tuple(f"<{number}@example.org>" for number in range(200))
    assert str(read(letter(replace(HEADERS, references=ids)))["References"]).split() == list(ids[-20:])


def test_the_text_comes_first_and_says_its_language() -> None:
    found = read(letter(HEADERS))
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    assert found["Content-Language"] == "en"
    assert found["Date"].datetime == HEADERS.date


def test_lines_are_cleaned_of_everything_but_their_ends() -> None:
    assert clean_lines("one\r\ntwo\rthree\x00\u2028four\ttab") == "one\ntwo\nthree four\ttab"
    assert clean(" one\r\n\ttwo\u202e ") == "one two"
