"""The machine's own sentences: the same in both languages, short where they are texts."""

import re
from itertools import product
from pathlib import Path

import pytest

from engine.content.answers import AnswersError, answer_text, fill, read_answers
from engine.content.sms import count
from engine.vocabulary.words import Channel

TEMPLATES = Path(__file__).parents[2] / "templates"
ENGLISH = read_answers(TEMPLATES / "answers.en.md")
SPANISH = read_answers(TEMPLATES / "answers.es.md")
SLOTS = {
    "community": "River Neighbors",
    "postal_address": "12 Alder Street",
    "contact": "hello@porch.example",
    "link": "https://porch.example/confirm/" + "x" * 32,
    "first_name": "Ana",
    "name": "Ana Ruiz",
    "minutes": "15",
    "words": "Yes. I want to die.",
}


def test_both_languages_have_the_same_answers_with_the_same_slots() -> None:
    assert {key: text.slots for key, text in ENGLISH.items()} == {
        key: text.slots for key, text in SPANISH.items()
    }


@pytest.mark.parametrize(("key", "language"), list(product(ENGLISH, ("en", "es"))))
def test_every_answer_names_the_community_and_leaves_no_slot(key: str, language: str) -> None:
    text = answer_text(TEMPLATES, language, key)
    for channel in Channel:
        words = fill(text.words(channel), SLOTS)
        assert "River Neighbors" in words
        assert "{{" not in words + fill(text.subject, SLOTS)


@pytest.mark.parametrize("language", ["en", "es"])
def test_trust_S7_help_says_who_we_are_how_to_reach_us_and_how_to_stop(language: str) -> None:
    for channel in Channel:
        words = fill(answer_text(TEMPLATES, language, "help").words(channel), SLOTS)
        assert all(each in words for each in ("River Neighbors", "hello@porch.example", "STOP"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_trust_S7_the_first_text_says_who_how_often_what_it_costs_and_how_to_stop(language: str) -> None:
    words = answer_text(TEMPLATES, language, "confirm_sign_up").text
    frequency, rates = {"en": ("a month", "rates"), "es": ("al mes", "tarifas")}[language]
    assert all(each in words for each in (frequency, rates, "STOP", "community"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_trust_S3_the_confirmation_of_a_stop_asks_for_nothing(language: str) -> None:
    text = answer_text(TEMPLATES, language, "stop_done")
    for channel in Channel:
        assert not re.search(r"https?:|!|\?|sorry|sentimos|miss", text.words(channel))


def test_a_language_we_do_not_speak_gets_english() -> None:
    assert answer_text(TEMPLATES, "fr", "help") == ENGLISH["help"]


def test_an_empty_slot_takes_the_words_that_stand_in_for_it() -> None:
    assert fill('Hi {{ first_name or "friend" }}', {"first_name": ""}) == "Hi friend"


def test_a_broken_file_says_which_answer_and_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "answers.en.md").write_text("## help\nno subject\n\nwords\n")
    with pytest.raises(AnswersError, match=r"“## help” in answers\.en\.md needs"):
        answer_text(tmp_path, "en", "help")
    (tmp_path / "answers.es.md").write_text("## help\nSubject: Hola\n\npalabras\n")
    with pytest.raises(AnswersError, match="no answer “start_done”"):
        answer_text(tmp_path, "es", "start_done")


@pytest.mark.parametrize(("key", "language"), list(product(ENGLISH, ("en", "es"))))
def test_no_answer_by_text_leaves_the_cheap_alphabet_or_takes_more_than_two_segments(
    key: str, language: str
) -> None:
    text = answer_text(TEMPLATES, language, key)
    if text.text != text.email:
        cost = count(fill(text.text, SLOTS))
        assert (cost.encoding, cost.segments <= 2) == ("GSM-7", True)
