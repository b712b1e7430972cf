"""Values in replies: the tables of organizing.md, sections 1, 3 and 4, row by row, English and Spanish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.understand.slots import Ballot, Coded, Party, ballot, code, name, number, party, rsvp, scale

SUPPER = ("Potluck", "Picnic", "Movie night")


@pytest.mark.parametrize(
    ("text", "seats", "asks"),
    [
        ("see u there w/ 2", 3, ""),
        ("yes +2", 3, ""),
        ("Put me down for 2", 2, ""),
        ("party of 5", 5, ""),
        ("there will be 4 of us", 4, ""),
        ("me and Sam and the kids", 2, "kids"),
        ("Yep, bringing my sister too", 2, ""),
        ("my husband and I will come, with two friends", 4, ""),
        ("coming with the whole fam", 1, "fam"),
        ("somos 4", 4, ""),
        ("voy con mi esposa y dos hijos", 4, ""),
        ("vamos cuatro", 4, ""),
        ("llevo a mi hermana", 2, ""),
    ],
)
def test_organizing_4_company_is_counted_with_the_writer(text: str, seats: int, asks: str) -> None:
    assert party(text) == Party(seats, asks)


@pytest.mark.parametrize(
    "text", ["yes", "see you at 6 pm", "I'll be there for 2 hours", "my sister lives there", "+900"]
)
def test_organizing_4_where_nobody_is_named_no_seat_is_invented(text: str) -> None:
    assert party(text) is None


@pytest.mark.parametrize(
    ("text", "answer", "seats"),
    [
        ("count me in", "yes", 1),
        ("yes +2", "yes", 3),
        ("see u there w/ 2", "yes", 3),
        ("sí, ahí estaré", "yes", 1),
        ("can't, sorry", "no", None),
        ("not this time", "no", None),
        ("no puedo, lo siento", "no", None),
        ("maybe", "maybe", None),
    ],
)
def test_organizing_4_rsvp_by_reply(text: str, answer: str, seats: int | None) -> None:
    said = rsvp(text)
    assert said is not None
    assert said.answer == answer
    assert (said.party.seats if said.party else None) == seats


def test_organizing_4_depends_on_my_shift_is_maybe_with_its_chance() -> None:
    said = rsvp("depends on my shift, 60%")
    assert said is not None
    assert (said.answer, said.chance) == ("maybe", 0.6)


def test_organizing_4_yes_unless_it_rains_is_maybe_with_a_note_to_the_host() -> None:
    said = rsvp("yes unless it rains")
    assert said is not None
    assert (said.answer, said.note) == ("maybe", "yes unless it rains")


@pytest.mark.parametrize("text", ["running late", "lost", "llego tarde"])
def test_organizing_4_on_the_way_is_a_word_for_the_host_and_no_change(text: str) -> None:
    said = rsvp(text)
    assert said is not None
    assert (said.answer, said.note, said.party) == ("message", text, None)


@pytest.mark.parametrize("text", ["what time is it", "yes no", "my bench is broken"])
def test_what_is_no_rsvp_is_none(text: str) -> None:
    assert rsvp(text) is None


@pytest.mark.parametrize("text", ["sounds good to me!", "👍", "+1", "yes", "Sí, claro", "de acuerdo"])
def test_organizing_3_yes_in_many_words(text: str) -> None:
    assert ballot(text) == Ballot("agree")


@pytest.mark.parametrize(("text", "kind"), [("no", "disagree"), ("👎", "disagree"), ("I abstain", "abstain")])
def test_organizing_3_no_and_neither(text: str, kind: str) -> None:
    assert ballot(text).kind == kind


@pytest.mark.parametrize(
    ("text", "condition"),
    [("yes but not on Sundays", "not on Sundays"), ("I'm for it but Oct is too soon", "Oct is too soon")],
)
def test_organizing_3_a_yes_with_a_condition_is_not_counted(text: str, condition: str) -> None:
    assert ballot(text) == Ballot("unclear", asks=condition)


def test_organizing_3_ranked_and_one_unranked_last() -> None:
    assert ballot("B then A, anything but C", SUPPER) == Ballot("ranking", (1, 0), (2,))
    assert ballot("Picnic > potluck", SUPPER) == Ballot("ranking", (1, 0))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("2", 1), ("b", 1), ("the second", 1), ("Movie night please", 2), ("la primera", 0), ("dos", 1)],
)
def test_organizing_3_a_choice_by_number_letter_place_or_name(text: str, chosen: int) -> None:
    assert ballot(text, SUPPER) == Ballot("choice", (chosen,))


def test_organizing_3_several_are_an_approval() -> None:
    assert ballot("1 and 3", SUPPER) == Ballot("approval", (0, 2))


def test_organizing_3_a_proxy_never_counts() -> None:
    assert ballot("tell them my wife agrees").kind == "unclear"


@pytest.mark.parametrize("text", ["", "what is this about?", "yes no", "I want a good one"])
def test_an_unclear_ballot_counts_for_nothing(text: str) -> None:
    assert ballot(text).kind == "unclear"
    assert ballot(text, SUPPER).choices == ()


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("7", 7), ("about a 7", 7), ("7/10", 7), ("7 out of 10", 7), ("siete", 7), ("I'd say eight", 8),
        ("10!!", 10), ("un 7", 7), ("between 6 and 7", None), ("3 or 9", None), ("12", None),
        ("none of that", None),
        ("no idea", None),
    ],
)  # fmt: skip
def test_a_mark_on_a_scale(text: str, mark: int | None) -> None:
    assert scale(text, 1, 10) == mark


@pytest.mark.parametrize(
    ("text", "found"),
    [("three", 3), ("somos dos", 2), ("12 chairs", 12), ("2 or 3", None), ("many", None), ("9" * 40, None)],
)
def test_one_number(text: str, found: int | None) -> None:
    assert number(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7A yes", Coded("7A", "yes")),
        ("reply 7 no thanks", Coded("7", "no thanks")),
        ("7: yes", Coded("7", "yes")),
        ("7", None),
        ("yes 7", None),
        ("2026 was good", None),
    ],
)
def test_organizing_0_a_code_in_front_says_which_question(text: str, found: Coded | None) -> None:
    assert code(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("new phone, this is Dana", "Dana"),
        ("It's Dana from Alder St", "Dana"),
        ("soy Ana María", "Ana María"),
        ("my name is José de la Cruz", "José de la Cruz"),
        ("this is great", None),
        ("This is So good", None),
        ("I'm Sorry", None),
        ("hello", None),
    ],
)
def test_a_name_that_somebody_gives(text: str, found: str | None) -> None:
    assert name(text) == found


@given(st.text(max_size=120))
def test_any_text_is_read_and_no_value_leaves_its_bounds(text: str) -> None:
    seats = party(text)
    assert seats is None or 1 <= seats.seats <= 50
    mark = scale(text, 1, 5)
    assert mark is None or 1 <= mark <= 5
    assert all(0 <= place < len(SUPPER) for place in ballot(text, SUPPER).choices)
    rsvp(text)
    name(text)
    number(text)
    code(text)
