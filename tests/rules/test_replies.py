"""What a reply chooses: the machine acts alone only when nothing is left over."""

import pytest

from engine.rules.replies import Chosen, Said, choose_reply
from engine.vocabulary.script import Finish, GoTo, PersonAnswers, ReplyRule

RULES = (
    ReplyRule(("buddy", "someone to go with"), (GoTo("buddy"),)),
    ReplyRule(("yes", "sure"), (GoTo("more"),)),
    ReplyRule(("no", "not now"), (Finish(),)),
    ReplyRule(("1-5",), (GoTo("scale"),)),
    ReplyRule((), (PersonAnswers(), GoTo("buddy"))),
)
OTHERWISE = Chosen((PersonAnswers(), GoTo("buddy")), wholly=False)

CASES: dict[str, tuple[Said, Chosen]] = {
    "a listed word": (Said("Buddy"), Chosen((GoTo("buddy"),), wholly=True)),
    "with courtesy around it": (Said("Hi! Buddy, please. Thanks"), Chosen((GoTo("buddy"),), wholly=True)),
    "several words": (Said("Someone to go with :)"), Chosen((GoTo("buddy"),), wholly=True)),
    "several phrases of one line": (Said("Yes, sure! Yes."), Chosen((GoTo("more"),), wholly=True)),
    "a listed word with a question mark": (Said("buddy?"), Chosen((GoTo("buddy"),), wholly=False)),
    "phrases of two lines": (Said("yes... no"), Chosen((GoTo("more"),), wholly=False)),
    "a number of five thousand digits": (Said("4" * 5000), OTHERWISE),
    "words left over": (Said("buddy? what does that mean"), Chosen((GoTo("buddy"),), wholly=False)),
    "an intent in another language": (
        Said("claro que sí", frozenset({"yes"}), bare=True),
        Chosen((GoTo("more"),), wholly=True),
    ),
    "an intent with more to say": (
        Said("sí pero mi hermana también", frozenset({"yes"}), bare=False),
        Chosen((GoTo("more"),), wholly=False),
    ),
    "yes and a question is for a person": (
        Said("yes but when?", frozenset({"yes", "question"})),
        Chosen((GoTo("more"),), wholly=False),
    ),
    "no thanks": (Said("No, thanks!", frozenset({"no"}), bare=True), Chosen((Finish(),), wholly=True)),
    "a number on the scale": (Said("4"), Chosen((GoTo("scale"),), wholly=True)),
    "a number off the scale": (Said("9"), OTHERWISE),
    "two numbers are not an answer": (Said("3 or 4"), OTHERWISE),
    "part of a word is not the word": (Said("buddyless"), OTHERWISE),
    "anything else": (Said("My street floods"), OTHERWISE),
}


@pytest.mark.parametrize(("said", "chosen"), CASES.values(), ids=CASES.keys())
def test_choose_reply(said: Said, chosen: Chosen) -> None:
    assert choose_reply(RULES, said) == chosen


def test_without_a_line_for_it_a_person_answers() -> None:
    assert choose_reply(RULES[:1], Said("My street floods")) == Chosen((PersonAnswers(),), wholly=False)
