"""Every rule finds its own examples and leaves its counter-examples alone."""

import pytest

from inbound.understand.fold import words_of
from inbound.understand.patterns import PhraseError, read_phrases
from inbound.understand.rulebook import Rule, rulebook

RULES = rulebook().rules


def speaks(rule: Rule, text: str) -> bool:
    return any(one.rule is rule and not one.silenced for one in rulebook().read(words_of(text)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_finds_what_it_says_it_finds(rule: Rule) -> None:
    assert rule.says
    assert [text for text in rule.says if not speaks(rule, text)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_leaves_alone_what_it_says_it_leaves_alone(rule: Rule) -> None:
    assert rule.does_not_say
    assert [text for text in rule.does_not_say if speaks(rule, text)] == []


@pytest.mark.parametrize(
    ("phrase", "matches", "leaves"),
    [
        ("take|drop me off", "please do take me off", "take us off"),
        ("my_number|me off", "my number off", "number off"),
        ("text* me", "texting me", "context me"),
        ("stop now? please", "stop please", "stop then please"),
        ("keep .. coming", "keep the good letters coming", "keep all of the good letters coming"),
        ("^ no way", "no way", "there is no way"),
        ("let me be $", "let me be", "let me be first"),
        ("earn <number>", "earn 500", "earn much"),
        ("@us there", "see our people there", "see them there"),
        ("不要*", "请不要再发", "请再发"),
    ],
)
def test_each_sign_of_the_phrase_language(phrase: str, matches: str, leaves: str) -> None:
    (read, *_) = phrases = read_phrases(phrase, {"us": "our_people we"})

    def found(text: str) -> bool:
        plain = [word.folded for word in words_of(text)]
        return any(each.end(plain, start) >= 0 for each in phrases for start in range(len(plain)))

    assert read.written == phrase
    assert found(matches)
    assert not found(leaves)


@pytest.mark.parametrize("phrase", ["maybe?", "stop|", "@nobody here"])
def test_a_phrase_that_cannot_be_read_says_which(phrase: str) -> None:
    with pytest.raises(PhraseError, match="“"):
        read_phrases(phrase, {})
