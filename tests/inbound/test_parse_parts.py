"""Which parts are the words, and where a part begins and ends, however the message is broken."""

import pytest

from inbound.parse import limits, read_email
from inbound.parse.flowed import unenriched
from inbound.parse.parameters import parameters
from inbound.parse.structure import entities
from inbound.parse.transfer import without_transfer


def part(kind: str, words: str, *, more: str = "") -> str:
    return f"Content-Type: {kind}\n{more}\n{words}\n"


def multipart(subtype: str, boundary: str, *parts: str) -> str:
    inside = "".join(f"--{boundary}\n{one}" for one in parts)
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n{inside}--{boundary}--\n'


def words_of(mail: str) -> str:
    return read_email(f"From: ana@riverbend.example\n{mail}".encode()).text


PLAIN, PAGE = part("text/plain", "plain"), part("text/html", "<p>page</p>")
FILE = "Content-Disposition: attachment\n"


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        (PLAIN, "plain"),
        (PAGE, "page"),
        (multipart("alternative", "b", PLAIN, PAGE), "plain"),
        (multipart("alternative", "b", PAGE), "page"),
        (multipart("alternative", "b", part("text/plain", " "), PAGE), "page"),
        (multipart("alternative", "b", PLAIN, multipart("related", "c", PAGE, PLAIN)), "plain"),
        (multipart("related", "b", multipart("alternative", "c", PLAIN, PAGE), PLAIN), "plain"),
        (multipart("mixed", "b", PLAIN, part("text/plain", "more")), "plain\nmore"),
        (multipart("mixed", "b", PLAIN, PAGE), "plain\npage"),
        (multipart("mixed", "b", PAGE, PLAIN), "page\nplain"),
        (multipart("mixed", "b", PLAIN, part("text/plain", "file", more=FILE)), "plain"),
        (multipart("mixed", "b", PLAIN, part("text/plain; name=n.txt", "file")), "plain"),
        (multipart("mixed", "b", part("text/plain; name=n.txt", "first"), PLAIN), "first\nplain"),
        (multipart("mixed", "b", part("message/rfc822", "From: b@x.org\n\ntheirs"), PLAIN), "plain"),
        (multipart("digest", "b", "\nFrom: b@x.org\n\ntheirs\n"), ""),
        (multipart("alternative", "b", PLAIN, part("text/enriched", "<bold>rich</bold>")), "plain"),
        (multipart("mixed", "b", part("text/enriched", "<bold>rich</bold>")), "rich"),
        (part("text/x-unheard-of", "still text"), "still text"),
        (part("nonsense", "still text"), "still text"),
    ],
)
def test_the_words_are_those_of_jmaps_text_body(mail: str, words: str) -> None:
    assert words_of(mail) == words


MIXED = 'Content-Type: multipart/mixed; boundary="b"\n\n'


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        (MIXED + "--b\n\none\n--b\n\ntwo\n", "one\ntwo"),  # never closed
        (MIXED + "--b\n\none\n--b--", "one"),
        (MIXED + "--b\n\none--b--", "one"),  # the last line runs into its boundary
        (MIXED + "--b \t\n\none\n--b--  \n", "one"),
        (MIXED + "before\n--b\n\none\n--b--\nafter\n", "one"),
        (MIXED + "--b\n\none\n--bc\n--b--\n", "one\n--bc"),  # another line that begins like it
        (MIXED + "no boundary at all\n", "no boundary at all"),
        ("Content-Type: multipart/mixed\n\nno boundary named\n", "no boundary named"),
        (MIXED + "--b\nno header, no empty line\n--b--\n", "no header, no empty line"),
        (MIXED + "--b\nContent-Type: text/plain\none\n\ntwo\n--b--\n", "one\n\ntwo"),  # no empty line
        (MIXED + "--b\nContent-Type: text/plain\n--b\n\none\n--b--\n", "one"),
        ('Content-Type: multipart/mixed; boundary="b"\n\n--b\r\n\r\none\r\n--b--\r\n', "one"),
        ("Content-Type: multipart/mixed; boundary=a=b\n\n--a=b\n\none\n--a=b--\n", "one"),
        (MIXED + "--b\n" + multipart("mixed", "b", PLAIN) + "--b--\n", "plain"),  # one boundary for both
        (MIXED + "--b\n" + multipart("mixed", "b--", PLAIN) + "--b--\n", "plain"),
        # An outer boundary ends those within; a later line of one of them still begins a part.
        (
            MIXED + '--b\nContent-Type: multipart/mixed; boundary="c"\n\n--c\n\n1\n--b\n\n2\n--c\n\n3\n',
            "1\n2\n3",
        ),
    ],
)
def test_a_part_is_found_however_its_boundaries_are_broken(mail: str, words: str) -> None:
    assert words_of(mail) == words


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\r\r\n"])
def test_any_line_ends_will_do(ends: str) -> None:
    mail = ("From: ana@riverbend.example\nSubject: Hello\n there\n" + multipart("mixed", "b", PLAIN)).encode()
    incoming = read_email(mail.replace(b"\n", ends.encode()))
    assert (incoming.subject, incoming.text.strip()) == ("Hello there", "plain")


@pytest.mark.parametrize(
    ("head", "subject"),
    [
        ("Subject : Hello", "Hello"),
        ("From someone Mon Nov 23\nSubject: Hello", "Hello"),
        (">From someone Mon Nov 23\nSubject: Hello", "Hello"),
        ("no header\nSubject: Hello", "Hello"),
        ("Subject: Hello\nSubject: Bye", "Hello"),
        ("SUBJECT:Hello\n\t there", "Hello there"),
        ("Subject: =?utf-8?q?Hello_=3F?= =?utf-8?b?dGhlcmU?=", "Hello ?there"),
        ("Subject: =?utf-8?q?Hello?= there =?x?q?", "Hello there =?x?q?"),
        ("Subject: =?utf-8*en?Q?Hello there?=", "Hello there"),
        ("Subject: =?utf-8?Q?cut =?utf-8?Q?Hello?=", "=?utf-8?Q?cut Hello"),
        ("Subject: mañana", "mañana"),
    ],
)
def test_a_head_is_read_however_it_is_broken(head: str, subject: str) -> None:
    incoming = read_email(f"{head}\nFrom: ana@riverbend.example\n\nx".encode())
    assert (incoming.subject, incoming.senders[0].address) == (subject, "ana@riverbend.example")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('text/plain; charset="utf-8"; name=a', {"charset": "utf-8", "name": "a"}),
        ("a/b ;charset = utf-8 ; ; format=flowed;", {"charset": "utf-8", "format": "flowed"}),
        ('a/b; name="a \\"b\\"; c"; x=y', {"name": 'a "b"; c', "x": "y"}),
        ("a/b; charset=us-ascii (plain text)", {"charset": "us-ascii"}),
        ('a/b; boundary="=_(1)"', {"boundary": "=_(1)"}),
        ("a/b; boundary==_1=2", {"boundary": "=_1=2"}),
        ('a/b; name="never closed', {"name": "never closed"}),
        ("a/b; name=one; name=two", {"name": "one"}),
        ("a/b; name*=iso-8859-1'es'ma%F1ana", {"name": "mañana"}),
        ("a/b; name*0=ma; name*1=ñana", {"name": "mañana"}),
        ("a/b; name*1*=%B1ana; name*0*=utf-8''ma%C3", {"name": "mañana"}),
        ("a/b; name*0=one; name*2=three", {"name": "one"}),
        ("a/b; name=plain; name*=utf-8''bet%74er", {"name": "better"}),
        ("a/b; name==?utf-8?Q?ma=C3=B1ana?=", {"name": "mañana"}),
    ],
)
def test_parameters_are_read_as_rfc_2231_says_and_leniently(value: str, read: dict[str, str]) -> None:
    assert parameters(value)[1] == read


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", b"SGVs\nbG8=", b"Hello"),
        ("BASE64 ", b"SGVsbG8", b"Hello"),
        ("base64", b"SGVsbG8= and a footer of the list", b"Hello"),
        ("base64", b"SGVsbG8=\nSGVsbG8=\n", b"HelloHello"),
        ("base64", b"SGVsbG8", b"Hello"),
        ("base64", b"S!G*V s-bG8=", b"Hello"),
        ("quoted-printable", b"Hel=\nlo=20=4", b"Hello =4"),
        ("x-uuencode", b"begin 644 a\n%2&5L;&\\\n`\nend\n", b"Hello"),
        ("unheard-of", b"Hello", b"Hello"),
    ],
)
def test_a_body_is_decoded_as_far_as_it_goes(encoding: str, body: bytes, content: bytes) -> None:
    assert without_transfer(body, encoding) == content


def test_enriched_text_loses_its_commands() -> None:
    assert unenriched("<bold>One\nline</bold>\n\nnext <<3 <color><param>red</param>x</color>") == (
        "One line\nnext <3 x"
    )


def test_the_size_of_a_part_is_that_of_its_content() -> None:
    raw = b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + b"QUJD\n" * 1_000_000
    assert entities(raw)[0].size() == pytest.approx(3_000_000, rel=0.001)
    assert entities(raw[:1_000])[0].size() == len(entities(raw[:1_000])[0].content())


@pytest.mark.parametrize(
    ("kind", "warning"),
    [
        ("multipart/encrypted; boundary=b", "encrypted"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "encrypted"),
        ("application/x-pkcs7-mime; name=smime.p7m", "encrypted"),
        ("application/pkcs7-mime; smime-type=signed-data", "signed_opaque"),
        ("application/ms-tnef", "outlook_format"),
        ("application/octet-stream; name=WINMAIL.DAT", "outlook_format"),
    ],
)
def test_what_cannot_be_read_says_why(kind: str, warning: str) -> None:
    assert warning in read_email(f"From: a@b.c\nContent-Type: {kind}\n\n?".encode()).warnings


def test_words_encrypted_within_the_text_say_so() -> None:
    assert "encrypted" in read_email(b"From: a@b.c\n\n-----BEGIN PGP MESSAGE-----\n\nhQ\n").warnings


def test_deep_parts_and_many_parts_are_left_out_and_say_so() -> None:
    deep = "\n".join(f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n" for n in range(40))
    assert "too_deep" in read_email(f"Content-Type: multipart/mixed; boundary=0\n\n{deep}".encode()).warnings
    many = read_email((MIXED + "--b\n\nx\n" * 300).encode())
    assert "too_many_parts" in many.warnings
    assert many.text.count("x") == limits.PARTS - 1
