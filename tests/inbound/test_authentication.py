"""Only the word of our own mail server says who sent a mail; everything else a sender can write himself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.authentication import Authentication, authenticate
from inbound.parse import read_email

BORDER = "mx.porchlight.example"
PASSED, FAILED, UNKNOWN = Authentication.PASSED, Authentication.FAILED, Authentication.UNKNOWN


def found(
    *results: str, sender: str = "Ana <ana@river.example>", border: str | None = BORDER
) -> Authentication:
    headers = [f"Authentication-Results: {one}" for one in results]
    raw = "\r\n".join([*headers, f"From: {sender}", "Subject: hi", "", "Hello."])
    return authenticate(read_email(raw.encode()), border)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("dmarc=pass header.from=river.example", PASSED),
        ("dmarc=pass (p=reject dis=none) header.from=river.example", PASSED),
        ("DMARC=Pass Header.From=River.Example", PASSED),
        ("dmarc=fail header.from=river.example", FAILED),
        (
            "dmarc=pass header.from=other.example",
            FAILED,
        ),  # it was said of another sender than the one we read
        ("dmarc=temperror header.from=river.example; dkim=pass header.d=river.example", UNKNOWN),
        ("dmarc=none; dkim=pass header.d=river.example", PASSED),
        ("dkim=pass header.d=mail.river.example", PASSED),
        ("dkim=pass header.i=@river.example", PASSED),
        ("dkim=pass header.d=other.example", UNKNOWN),
        ("dkim=fail header.d=river.example", UNKNOWN),
        ("dkim=pass header.d=example", UNKNOWN),  # a whole top-level domain proves nobody
        ("dkim=fail header.d=a.example; dkim=pass header.d=river.example", PASSED),
        ("spf=pass smtp.mailfrom=ana@river.example", PASSED),
        ("spf=pass smtp.mailfrom=eve@other.example", UNKNOWN),
        ("spf=pass smtp.helo=river.example", UNKNOWN),
        ("none", UNKNOWN),
        ("(dmarc=pass header.from=river.example)", UNKNOWN),
        ('dkim=fail reason="; dmarc=pass header.from=river.example"', UNKNOWN),
        (r"dkim=fail (\); dmarc=pass header.from=river.example)", UNKNOWN),
        ("dkim=fail (a (b) ; dmarc=pass header.from=river.example)", UNKNOWN),
    ],
)
def test_what_the_border_says(result: str, expected: Authentication) -> None:
    assert found(f"{BORDER}; {result}") is expected
    assert found(f"{BORDER} 1; {result}") is expected  # with the version of RFC 8601
    assert found(f"{BORDER.upper()};\r\n\t{result}") is expected


def test_trust_T46_others_and_lower_ones_of_our_name_are_not_heard() -> None:
    fine = "dmarc=pass header.from=river.example"
    assert found(f"mx.elsewhere.example; {fine}") is UNKNOWN
    assert found(f"{BORDER}.elsewhere.example; {fine}") is UNKNOWN
    assert found(f"mx.elsewhere.example; {fine}", f"{BORDER}; dmarc=fail header.from=river.example") is FAILED
    assert found(f"{BORDER}; dmarc=fail header.from=river.example", f"{BORDER}; {fine}") is FAILED


def test_without_a_border_or_with_two_senders_nothing_is_proven() -> None:
    fine = f"{BORDER}; dmarc=pass header.from=river.example"
    assert found(fine, border=None) is UNKNOWN
    assert found(fine, sender="Ana <ana@river.example>, Eve <eve@river.example>") is UNKNOWN
    assert found(fine, sender="") is UNKNOWN


@given(st.text(max_size=300))
def test_no_value_raises_and_none_of_another_name_proves_anything(value: str) -> None:
    written = " ".join(value.split())
    assert found(f"{BORDER}; {written}") in Authentication
    assert found(f"x{written}", sender="Ana <ana@river.example>") is UNKNOWN
