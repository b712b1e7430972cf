"""One skeleton for everyone, filled for each: the same values give the same letter, for ever."""

import email
import email.policy
import html
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import mjml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import compose, frame
from engine.content.compose import Layout, Skeleton, compile_letter, compile_personal, fill_email, fill_sms
from engine.content.mime import Headers
from engine.content.safe import TemplateMistake
from engine.vocabulary.script import RightAway, Step
from engine.vocabulary.words import Channel

TEMPLATES = Path(__file__).parents[2] / "templates"
LAYOUT = Layout("Río & Vecinos", "12 Alder Street\nRiverton, NY 12345", "en", TEMPLATES)
STEP = Step(
    name="hello",
    when=RightAway(),
    subject='{{ first_name or "Friend" }}, the light is on',
    body='Hi **{{ first_name or "friend" }}**, see [the list](https://example.org/list?a=1&b=2).\n\n'
    "What would you mend{% if neighborhood %} in {{ neighborhood }}{% endif %}?\n\n{{ organizer }}",
    text='Hi {{ first_name or "friend" }}, it\'s {{ organizer }} — what would you mend?',
)
ANA = {
    "first_name": "Ana",
    "organizer": "Maya",
    "community": "Río & Vecinos",
    "neighborhood": "Mill Hill",
    "unsubscribe": "https://porch.example.org/u/abc?x=1&y=2",
}
HEADERS = Headers(
    sender_name="Maya",
    sender_address="hello@porch.example.org",
    to="ana@example.org",
    reply_to="r-1@porch.example.org",
    rfc_message_id="<1@porch.example.org>",
    date=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    list_unsubscribe=ANA["unsubscribe"],
)
HOSTILE = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["a\r\nBcc: b@example.org", "\0", "=", "<b>&\"'", "x" * 200, "春" * 90, "💡", "\u2028", "@@words@@"]
    ),
)


def parts(raw: bytes) -> tuple[str, str]:
    plain, rich = email.message_from_bytes(raw, policy=email.policy.default).iter_parts()
    return plain.get_content(), rich.get_content()


def letter(step: Step = STEP, layout: Layout = LAYOUT) -> Skeleton:
    return compile_letter(step, Channel.EMAIL, layout)


def test_a_letter_for_ana() -> None:
    plain, rich = parts(fill_email(letter(), ANA, HEADERS))
    assert plain.startswith("Hi Ana, see the list (https://example.org/list?a=1&b=2).\r\n")
    assert "What would you mend in Mill Hill?" in plain
    assert "Hi <strong>Ana</strong>" in rich
    assert "What would you mend in Mill Hill?" in rich
    assert compose.subject_of(letter(), ANA) == "Ana, the light is on"


def test_who_is_not_known_gets_a_whole_letter_too() -> None:
    nobody = ANA | {"first_name": "", "neighborhood": ""}
    plain, rich = parts(fill_email(letter(), nobody, HEADERS))
    assert "Hi friend," in plain
    assert "What would you mend?" in plain
    assert "Hi <strong>friend</strong>" in rich
    assert compose.subject_of(letter(), nobody) == "Friend, the light is on"


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_trust_E4_name_address_and_the_way_out_are_ours_to_write(language: str) -> None:
    """Whatever the author wrote, in the text and in the HTML alike."""
    layout = replace(LAYOUT, language=language)
    for body in ("Words.", "<!--", "```", "> > >", "[x](https://example.org", "<div style='display:none'>"):
        plain, rich = parts(fill_email(letter(replace(STEP, body=body), layout), ANA, HEADERS))
        assert "Río & Vecinos\r\n12 Alder Street\r\nRiverton, NY 12345" in plain
        assert ANA["unsubscribe"] in plain
        assert "Río &amp; Vecinos<br />12 Alder Street, Riverton, NY 12345" in rich
        assert f'href="{html.escape(ANA["unsubscribe"])}"' in rich


@given(st.fixed_dictionaries(dict.fromkeys(ANA, HOSTILE)))
def test_trust_T9_no_value_breaks_a_letter(values: dict[str, str]) -> None:
    harmless = {name: "x" if value else "" for name, value in values.items()}
    raw, calm = fill_email(letter(), values, HEADERS), fill_email(letter(), harmless, HEADERS)
    read = email.message_from_bytes(raw)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert read.keys() == email.message_from_bytes(calm).keys()
    assert all(len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    assert parts(raw)[1].count("<") == parts(calm)[1].count("<")  # no value became a tag


@given(st.fixed_dictionaries(dict.fromkeys(ANA, HOSTILE)))
def test_a_kept_skeleton_makes_the_same_bytes(values: dict[str, str]) -> None:
    kept = compose.read_skeleton(letter().to_json())
    assert kept.hash == letter().hash
    assert fill_email(kept, values, HEADERS) == fill_email(letter(), values, HEADERS)


def test_newer_templates_do_not_touch_a_kept_skeleton(tmp_path: Path) -> None:
    folder = tmp_path / "email"
    folder.mkdir()
    for file in (TEMPLATES / "email").iterdir():
        (folder / file.name).write_text(file.read_text())
    before = letter(layout=replace(LAYOUT, templates=tmp_path))
    kept, first = before.to_json(), fill_email(before, ANA, HEADERS)
    newer = folder / "letter.txt"
    newer.write_text(newer.read_text().replace("reads every reply", "reads all replies"))
    compose.compile_letter.cache_clear()
    frame.read_frame.cache_clear()
    frame._environment.cache_clear()
    assert letter(layout=replace(LAYOUT, templates=tmp_path)).hash != before.hash
    assert fill_email(compose.read_skeleton(kept), ANA, HEADERS) == first


def test_a_hash_is_of_the_words() -> None:
    assert letter().hash == letter(replace(STEP)).hash
    assert letter().hash != letter(replace(STEP, subject="Another")).hash
    assert letter().hash != letter(layout=replace(LAYOUT, postal_address="Elsewhere")).hash


def test_a_text_message_keeps_to_the_cheap_alphabet() -> None:
    skeleton = compile_letter(STEP, Channel.SMS, LAYOUT)
    assert fill_sms(skeleton, ANA) == "Hi Ana, it's Maya - what would you mend?"
    assert fill_sms(skeleton, ANA | {"first_name": ""}).startswith("Hi friend,")


def test_a_text_message_is_wrapped_in_the_file_only() -> None:
    text = "Hi {{ first_name }},\nwhat would\n  you mend?\n\nSTOP ends texts.\n"
    skeleton = compile_letter(replace(STEP, text=text), Channel.SMS, LAYOUT)
    assert fill_sms(skeleton, ANA) == "Hi Ana, what would you mend?\nSTOP ends texts."


def test_trust_T8_mjml_never_sees_what_people_write(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def watched(source: str) -> str:
        seen.append(source)
        return str(mjml.mjml2html(source))

    monkeypatch.setattr(frame, "mjml", SimpleNamespace(mjml2html=watched))
    frame.read_frame.cache_clear()
    planted = replace(LAYOUT, community="Planted")
    letter(replace(STEP, body="Planted words.", subject="Planted subject"), planted)
    assert len(seen) == 1
    assert "Planted" not in seen[0]


def test_each_choice_has_its_own_words() -> None:
    both = "{% if first_name %}A{% else %}B{% endif %}{% if neighborhood %}C{% else %}D{% endif %}"
    skeleton = letter(replace(STEP, subject=both, body="Words."))
    said = {
        compose.subject_of(skeleton, {"first_name": a, "neighborhood": b})
        for a in ("", "x")
        for b in ("", "x")
    }
    assert said == {"AC", "AD", "BC", "BD"}


def test_slots_side_by_side_and_twice() -> None:
    step = replace(
        STEP, body="{{ first_name }}{{ organizer }}{{ first_name }} *{{ organizer }}*", subject="x"
    )
    plain, rich = parts(fill_email(letter(step), ANA, HEADERS))
    assert plain.startswith("AnaMayaAna Maya\r\n")
    assert "AnaMayaAna <em>Maya</em>" in rich


def test_an_author_s_private_characters_stay_out() -> None:
    plain, _ = parts(
        fill_email(letter(replace(STEP, body="a\ue000b\ue123\uf8ffc {{ first_name }}")), ANA, HEADERS)
    )
    assert plain.startswith("abc Ana")


def test_what_the_check_refuses_is_refused_here_too() -> None:
    with pytest.raises(TemplateMistake):
        letter(replace(STEP, body="{{ first_name.__class__ }}"))


@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_person_s_words_arrive_as_they_were_written(body: str, subject: str, signature: str) -> None:
    skeleton = compile_personal(LAYOUT, Channel.EMAIL)
    values = compose.personal_values(body) | {"subject": subject, "signature": signature}
    raw = fill_email(skeleton, values, replace(HEADERS, list_unsubscribe=None))
    read = email.message_from_bytes(raw)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert read["List-Unsubscribe"] is None
    assert "<b>" not in parts(raw)[1]


def test_a_person_s_note_looks_typed() -> None:
    values = compose.personal_values("Hi Ana,\nof **course**!") | {
        "subject": "Re: x",
        "signature": "Maya\nRío",
    }
    plain, rich = parts(fill_email(compile_personal(LAYOUT, Channel.EMAIL), values, HEADERS))
    assert plain.startswith("Hi Ana,\r\nof course!\r\n\r\nMaya\r\nRío\r\n\r\n--\r\n")
    assert "Hi Ana,<br />\r\nof <strong>course</strong>!" in rich
    assert "Maya<br>Río" in rich
    assert fill_sms(compile_personal(LAYOUT, Channel.SMS), values) == "Hi Ana,\nof **course**!"


def test_a_letter_is_readable_in_the_dark_and_fetches_nothing() -> None:
    _, rich = parts(fill_email(letter(), ANA, HEADERS))
    assert '<meta name="color-scheme" content="light dark"' in rich
    assert "prefers-color-scheme: dark" in rich
    assert not any(word in rich for word in ("<img", "<link", "<script", "@import", "url("))
    assert "<title>Río &amp; Vecinos</title>" in rich


def test_no_mark_is_left_behind() -> None:
    for language in ("en", "es"):
        plain, rich = parts(fill_email(letter(layout=replace(LAYOUT, language=language)), ANA, HEADERS))
        assert not any("\ue000" <= character <= "\uf8ff" for character in plain + rich)
        assert "@@" not in plain + rich
        assert "\\u{" not in rich
