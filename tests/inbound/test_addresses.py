"""Reply tokens and VERP: genuine ones are found, and every other text gets the same answer."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import SystemIds
from engine.privacy import tokens
from engine.privacy.sealed import KeyRing
from inbound.addresses import (
    FoundToken,
    TokenKind,
    bounce_address,
    find_token,
    normalise,
    reply_address,
    without_tag,
)

KEYS = KeyRing(1, {1: b"k" * 32}, b"i" * 32)
ID = "01jd3x8zq5k7m9n2p4r6s8t0vw"
TOKEN = tokens.make(KEYS, tokens.REPLY, ID)


def test_a_token_carries_its_id_in_53_letters_that_fit_a_local_part() -> None:
    assert len(TOKEN) == tokens.LENGTH
    assert TOKEN.lower() == TOKEN
    assert len(reply_address(KEYS, ID, "x.org").partition("@")[0]) <= 64
    assert tokens.verify(KEYS, tokens.REPLY, TOKEN) == ID


def test_every_id_our_clock_makes_can_be_carried() -> None:
    ids = SystemIds()
    for _ in range(50):
        made = ids.new()
        assert tokens.verify(KEYS, tokens.BOUNCE, tokens.make(KEYS, tokens.BOUNCE, made)) == made


@pytest.mark.parametrize("wrong", ["", "short", "z" * 26, "01JD3X8ZQ5K7M9N2P4R6S8T0VW", ID + "0"])
def test_a_token_is_made_for_a_whole_id_only(wrong: str) -> None:
    with pytest.raises(ValueError, match="id"):
        tokens.make(KEYS, tokens.REPLY, wrong)


def _bad_tokens() -> list[str]:
    changed = [TOKEN[:at] + ("a" if TOKEN[at] != "a" else "b") + TOKEN[at + 1 :] for at in range(len(TOKEN))]
    other_ring = KeyRing(1, {1: b"x" * 32}, b"i" * 32)
    return [
        *changed,
        "",
        ID,
        TOKEN[:-1],
        TOKEN + "a",
        TOKEN.upper(),
        f" {TOKEN}",
        TOKEN + "===",
        "é" * 53,
        "1" * 53,
        "\0" * 53,
        tokens.make(other_ring, tokens.REPLY, ID),
        tokens.make(KEYS, tokens.BOUNCE, ID),
        tokens.make(KEYS, tokens.UNSUBSCRIBE, ID),
        tokens.make(KeyRing(9, {9: b"k" * 32}, b""), tokens.REPLY, ID),
    ]


def test_trust_T15_all_bad_tokens_get_the_same_answer() -> None:
    assert {tokens.verify(KEYS, tokens.REPLY, bad) for bad in _bad_tokens()} == {None}


@given(st.text(max_size=60) | st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=53, max_size=53))
def test_trust_T15_a_guess_is_never_a_token_and_never_raises(guess: str) -> None:
    assert tokens.verify(KEYS, tokens.REPLY, guess) is None


def test_trust_T15_the_last_letter_has_only_one_spelling() -> None:
    """53 letters hold one bit more than a token: the letter that differs in that bit only is refused."""
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    twin = TOKEN[:-1] + alphabet[alphabet.index(TOKEN[-1]) ^ 1]
    assert base64.b32decode(twin.upper() + "===") == base64.b32decode(TOKEN.upper() + "===")
    assert tokens.verify(KEYS, tokens.REPLY, twin) is None


def test_inbox_T2_old_keys_verify_while_the_ring_holds_them_and_not_after() -> None:
    turned = KeyRing(2, {1: b"k" * 32, 2: b"n" * 32}, b"i" * 32)
    assert tokens.verify(turned, tokens.REPLY, TOKEN) == ID
    assert tokens.make(turned, tokens.REPLY, ID) != TOKEN
    assert tokens.verify(KeyRing(2, {2: b"n" * 32}, b"i" * 32), tokens.REPLY, TOKEN) is None


@pytest.mark.parametrize(
    "local",
    [
        ID,
        f"reply-{ID}",
        f"r-{ID}",
        f"reply+{TOKEN}",
        f"r+{TOKEN}",
        TOKEN,
        f"x-{TOKEN}",
        f"u-{TOKEN}",
        f"r--{TOKEN}",
    ],
)
def test_inbox_T2_no_other_form_of_address_is_accepted(local: str) -> None:
    assert find_token(KEYS, [f"{local}@porch.example"], "porch.example") is None


def test_a_token_is_found_whatever_case_and_brackets_a_server_gave_it() -> None:
    shouted = f"<{reply_address(KEYS, ID, 'porch.example').upper()}>"
    found = find_token(KEYS, ["ann@porch.example", shouted], "porch.example")
    assert found == FoundToken(TokenKind.REPLY, ID)


def test_a_bounce_address_says_that_it_is_one() -> None:
    recipients = [bounce_address(KEYS, ID, "porch.example")]
    assert find_token(KEYS, recipients, "porch.example") == FoundToken(TokenKind.BOUNCE, ID)


def test_a_token_at_another_domain_or_with_another_purpose_is_nothing() -> None:
    assert find_token(KEYS, [reply_address(KEYS, ID, "evil.example")], "porch.example") is None
    assert find_token(KEYS, [f"b-{TOKEN}@porch.example"], "porch.example") is None


def test_addresses_are_compared_in_lower_case_and_keep_their_dots() -> None:
    assert normalise(" <Ann.Lee+news@Example.ORG> ") == "ann.lee+news@example.org"
    assert without_tag("ann.lee+news@example.org") == "ann.lee@example.org"
