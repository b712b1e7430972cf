"""Reading never raises, never guesses who wrote, and never lets a header be smuggled in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vocabulary.messages import Incoming
from engine.vocabulary.words import Channel
from inbound.parse import limits, read_email, read_sms
from inbound.parse.charsets import decoded
from inbound.parse.flowed import unflowed
from inbound.parse.mail import _read
from inbound.parse.mailboxes import _every, mailboxes
from inbound.parse.words import readable
from tests.inbound.mutations import mutated

FIXTURES = [path.read_bytes() for path in sorted((Path(__file__).parent / "mail").glob("*.eml"))]


@given(st.binary(max_size=600))
def test_any_bytes_are_read(raw: bytes) -> None:
    # `_read` itself, since `read_email` would hide what it raises.
    assert _read(raw, None, ()).channel is Channel.EMAIL


@given(st.integers(0, 10**9))
def test_a_mutated_mail_is_read_the_same_way_twice_and_within_every_cap(seed: int) -> None:
    raw = mutated(seed, FIXTURES)
    incoming = _read(raw, "", ("R@Porch.Example",))
    assert incoming == _read(raw, "", ("R@Porch.Example",))
    assert incoming.recipients[0] == "r@porch.example"
    keeps_the_caps(incoming)


def keeps_the_caps(incoming: Incoming) -> None:
    for text in (incoming.text, incoming.html):
        assert len(text) <= limits.TEXT_CHARACTERS
        assert text.count("\n") < limits.TEXT_LINES
        assert not set("\r\0") & set(text)
    assert len(incoming.senders) <= limits.MAILBOXES
    assert len(incoming.recipients) <= limits.MAILBOXES
    assert len(incoming.references) <= limits.REFERENCES
    assert len(incoming.parts) <= limits.PARTS
    assert all(len(part.filename) <= 200 and len(part.content_type) <= 100 for part in incoming.parts)
    assert len(incoming.subject) <= 1_000
    assert all(len(value) <= 2_000 for value in incoming.headers.values())
    assert all(len(one.address) <= 320 and len(one.name) <= 200 for one in incoming.senders)


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b"a@b.org, " * 200 + b"\nTo: " + b"a@b.org, " * 200 + b"\n\nx",
        b"References: " + b"<1@x>" * 50 + b"\n " * 50 + b"<2@x>" * 500 + b"\n\nx",
        b"Subject: " + b"word " * 4_000 + b"\nX-Mailer: " + b"word " * 4_000 + b"\n\nx",
        b"From: " + b"n" * 900 + b" <" + b"a" * 400 + b"@b.org>\n\nx",
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: a/b; name=c\n\nx\n" * 300,
        b"Content-Type: a/" + b"b" * 300 + b"; name=" + b"c" * 400 + b"\n\nx",
        b"Content-Type: text/html\n\n" + b"<p>word\n" * 9_000,
        b"\n" + b"word " * 90_000,
        b"\n" + b"\r\r\n" * 9_000 + b"x",
    ],
)
def test_trust_T25_every_cap_is_kept(raw: bytes) -> None:
    keeps_the_caps(read_email(raw))


@given(st.text(max_size=200))
def test_trust_T9_no_decoded_header_can_end_a_line(text: str) -> None:
    encoded = "".join(f"={byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
    out = readable(f"=?utf-8?Q?{encoded}?=")
    assert len(out.splitlines()) <= 1
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in out)


def test_letters_split_between_two_encoded_words_are_joined() -> None:
    assert readable("=?utf-8?Q?ma=C3?= =?utf-8?Q?=B1ana?= y =?iso-8859-1?Q?ni=F1o?=") == "mañana y niño"


@pytest.mark.parametrize(
    ("values", "addresses"),
    [
        (["Ann <ann@good.example>"], ["ann@good.example"]),
        (["ann@good.example (Ann, the first)"], ["ann@good.example"]),
        (['"Lee, Ann" <Ann@Good.example>'], ["ann@good.example"]),
        (["a@good.example <b@evil.example>"], ["b@evil.example"]),
        (['"a@good.example" <b@evil.example>'], ["b@evil.example"]),
        (["<a@good.example> <b@evil.example>"], ["a@good.example", "b@evil.example"]),
        (["a@good.example, b@evil.example"], ["a@good.example", "b@evil.example"]),
        (["a@good.example b@evil.example"], ["a@good.example", "b@evil.example"]),
        (["a@good.example", "b@evil.example"], ["a@good.example", "b@evil.example"]),
        (["friends: a@good.example, b@evil.example;"], ["a@good.example", "b@evil.example"]),
        (["a@good.example(<b@evil.example>)"], ["a@good.example"]),
        (["<@evil.example:a@good.example>"], ["a@good.example"]),
        (["a@good.example@evil.example"], [""]),
        (["a@good.example\0b"], [""]),
        (["<a@good.example\\>"], [""]),
        (["=?utf-8?Q?a=40good=2Eexample=2C?= <b@evil.example>"], ["b@evil.example"]),
        (["=?utf-8?Q?=3Ca=40good.example=3E=2C?= <b@evil.example>"], ["b@evil.example"]),
        (["nobody"], [""]),
        ([""], []),
    ],
)
def test_trust_T6_every_mailbox_counts_and_none_is_guessed(values: list[str], addresses: list[str]) -> None:
    assert [one.address for one in mailboxes(values)] == addresses


@given(
    st.lists(
        st.sampled_from(
            [
                "a@good.example",
                "b@evil.example",
                " ",
                "Ann",
                "<",
                ">",
                '"',
                ",",
                "(",
                ")",
                ":",
                "@",
                ".",
                "=?",
                "ñ",
            ]
        ),
        max_size=7,
    )
)
def test_trust_T6_the_short_way_for_plain_mailboxes_reads_what_the_long_one_does(pieces: list[str]) -> None:
    assert mailboxes(["".join(pieces)]) == tuple(_every("".join(pieces)))


def test_trust_T6_a_name_that_looks_like_an_address_is_not_shown() -> None:
    assert mailboxes(["ann@good.example <b@evil.example>"])[0].name == ""
    assert mailboxes(["=?utf-8?Q?ann=40good=2Eexample?= <b@evil.example>"])[0].name == ""


def test_trust_T46_authentication_results_keep_their_order_newest_first() -> None:
    named = b"Authentication-Results: ours; dmarc="
    raw = named + b"fail\n" + named + b"pass\nFrom: a@b.c\n\nx"
    assert read_email(raw).authentication_results == ("ours; dmarc=fail", "ours; dmarc=pass")


def test_the_newest_reference_comes_first_after_in_reply_to() -> None:
    raw = b"From: a@b.c\nReferences: <1@x> <2@x>\n <3@x>\nIn-Reply-To: <3@x>\n\nx"
    assert read_email(raw).references == ("<3@x>", "<2@x>", "<1@x>")


def test_the_envelope_comes_before_the_headers() -> None:
    incoming = read_email(b"From: a@b.c\nTo: One <one@x.org>\nCc: two@x.org\n\nx", "", ("R-1@Porch.example",))
    assert incoming.recipients == ("r-1@porch.example", "one@x.org", "two@x.org")
    assert incoming.envelope_sender == ""


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        ("mañana".encode(), "utf-8", "mañana"),
        ("mañana".encode("latin-1"), "utf-8", "mañana"),
        ("mañana".encode(), '"UTF-8"', "mañana"),
        ("“hi”".encode("cp1252"), "iso-8859-1", "“hi”"),
        ("简体字镕".encode("gb18030"), "gb2312", "简体字镕"),
        ("日本語".encode("iso2022_jp"), "iso-2022-jp", "日本語"),
        ("mañana".encode("latin-1"), "x-unknown", "mañana"),
        ("mañana".encode("latin-1"), "ut\0f", "mañana"),
        (b"abc", "punycode", "abc"),
        (b"a\xc3-b\xff", "Puny Code", "aÃ-bÿ"),
        (b"\\x41", "unicode escape", "\\x41"),
        (b"abc", "zip", "abc"),
    ],
)
def test_text_is_read_whatever_its_label_says(content: bytes, label: str, text: str) -> None:
    assert decoded(content, label)[0] == text


def test_flowed_lines_are_joined_within_one_depth_of_quotation() -> None:
    assert unflowed("One \ntwo\n> three \n> four\n-- \nAnn") == "One two\n> three four\n-- \nAnn"


def test_attachments_are_listed_and_inline_texts_joined() -> None:
    raw = (
        b"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nfirst\n--x\n"
        b'Content-Type: image/png; name="p.png"\nContent-Transfer-Encoding: base64\n\nAAAA\n'
        b"--x\nContent-Type: text/plain\n\nsecond\n--x--\n"
    )
    incoming = read_email(raw)
    assert incoming.text == "first\nsecond"
    assert [(part.filename, part.content_type, part.size) for part in incoming.parts] == [
        ("p.png", "image/png", 3)
    ]


def test_an_encrypted_mail_says_so() -> None:
    raw = (
        b"From: a@b.c\nContent-Type: multipart/encrypted; boundary=x\n\n"
        b"--x\nContent-Type: application/octet-stream\n\n?\n--x--"
    )
    assert "encrypted" in read_email(raw).warnings


def test_a_text_longer_than_the_cap_is_cut_and_says_so() -> None:
    incoming = read_email(b"From: a@b.c\n\n" + b"word\n" * (limits.TEXT_LINES + 10))
    assert len(incoming.text.split("\n")) <= limits.TEXT_LINES
    assert "text_cut" in incoming.warnings


def test_a_text_message_is_read_from_its_form() -> None:
    form = {
        "From": "+15550001111",
        "To": "+15550002222",
        "Body": "Yes!",
        "MessageSid": "SM1",
        "OptOutType": "STOP",
        "NumMedia": "1",
        "MediaContentType0": "image/jpeg",
    }
    incoming = read_sms(form)
    assert incoming.channel is Channel.SMS
    assert (incoming.senders[0].address, incoming.recipients) == ("+15550001111", ("+15550002222",))
    assert (incoming.text, incoming.rfc_message_id) == ("Yes!", "SM1")
    assert incoming.headers == {"optouttype": "STOP"}
    assert incoming.parts[0].content_type == "image/jpeg"


@given(
    st.dictionaries(st.sampled_from(["From", "To", "Body", "MessageSid", "NumMedia"]), st.text(max_size=50))
)
def test_any_form_is_read(form: dict[str, str]) -> None:
    assert read_sms(form).channel is Channel.SMS
