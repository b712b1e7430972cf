"""The machine obeys STOP however it is typed, sees a cry for help, and is otherwise careful."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vocabulary import reserved
from engine.vocabulary.meanings import Reserved, Stop
from inbound.understand import fold, understand


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "Stop.",
        "s t o p",
        "ST0P!!",
        "¡STÓP!",
        "ЅТОР",
        "stop stop stop",
        "Ｓｔｏｐ",
        "STOP\n\nAna Ruiz",
        "unsubscribe please",
        "Please remove me",
        "Remove",
        "I want to stop receiving these emails",
        "Por favor, no me escriban",
        "Baja",
        "No más",
        "please take me off your list",
        "Stop texting me!!",
        "unsubscribe me please",
        "Ya no quiero recibir mensajes",
        "I asked you to stop texting me",
        "Please, no more texts.",
        "Quítenme de la lista por favor",
        "Hello, who is this? Take me off this list.",
    ],
)
def test_a_request_to_stop_is_obeyed(text: str) -> None:
    assert understand(text).stop is Stop.CERTAIN


@pytest.mark.parametrize("word", sorted(reserved.STOP))
def test_every_reserved_word_is_obeyed_as_a_whole_message(word: str) -> None:
    assert understand(word.upper() + "!").reserved is Reserved.STOP


@pytest.mark.parametrize(
    "text",
    [
        "Stop by at 5",
        "don't stop",
        "Please don't stop texting me, I love these",
        "The bus stop bench",
        "My sister told them to stop texting me",
        "Can we stop the dam?",
        "I can't stop smiling",
        "Para mañana está bien",
        "It never ends",
        "Cancel the soup, I'll bring bread",
        "Cancel\nthe cake order please",
        "Para\nmi hijo también",
        "If they stop sending me mail I'll be glad",
    ],
)
def test_talk_of_stopping_is_not_a_request(text: str) -> None:
    assert understand(text).stop is None


def test_help_and_start_count_only_as_the_whole_message() -> None:
    assert understand("HELP").reserved is Reserved.HELP
    assert understand("Ayuda").reserved is Reserved.HELP
    assert understand("START").reserved is Reserved.START
    assert understand("Help me paint the bench").reserved is None
    assert understand("When does it start").reserved is None


@pytest.mark.parametrize(
    ("text", "intents", "covered"),
    [
        ("yes", {"yes"}, True),
        ("Yes please!", {"yes"}, True),
        ("Sí, claro", {"yes"}, True),
        ("No, thank you", {"no"}, True),
        ("no gracias", {"no"}, True),
        ("Maybe later", {"maybe"}, True),
        ("Thanks!", {"thanks"}, True),
        ("Yes, but my knee hurts", {"yes"}, False),
        ("yes and no", {"yes", "no"}, False),
        ("yes no", {"yes", "no"}, False),
        ("What's a buddy?", {"question"}, False),
        ("¿Cuándo es?", {"question"}, False),
        ("yes?", {"yes", "question"}, False),
        ("My bench is broken", {"other"}, False),
        ("", set(), False),
        ("I can't stop smiling", {"other"}, False),
    ],
)
def test_short_answers_are_understood_and_nothing_left_over_is_hidden(
    text: str, intents: set[str], covered: bool
) -> None:
    understood = understand(text)
    assert set(understood.intents) == intents
    assert understood.covered == covered


@pytest.mark.parametrize("text", ["Yes. I want to die", "ya no quiero vivir", "He hits me", "I can’t go on"])
def test_a_cry_for_help_is_never_covered_by_the_machine(text: str) -> None:
    understood = understand(text)
    assert understood.crisis
    assert not understood.covered


@given(st.text(max_size=80))
def test_any_text_is_understood_and_folding_twice_changes_nothing(text: str) -> None:
    understand(text)
    assert fold(fold(text)) == fold(text)
