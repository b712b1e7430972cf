"""The rules: each file of `rules/` with its phrases, its guards and its own examples.

A rule is a table:

- `means`: an Intent. `how`: for a wish to stop certain, likely or unclear; for a crisis acute or distress.
- `marks`, `channels`: what a wish to stop may be as well, and which channels it names.
- `en`, `es`, …: phrases (patterns.py), one a line. `whole`: they must be the whole reply, courtesies aside.
- `guards`: names of guards.toml; where one of them stands, the rule is silent.
- `says`, `does_not_say`: replies that it must find and replies that it must leave alone; tests prove both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from engine.vocabulary.meanings import Crisis, Mark, Stop
from engine.vocabulary.words import Channel, Intent
from inbound.understand.fold import Word
from inbound.understand.patterns import Index, Phrase, read_phrases
from inbound.understand.shipped import table

FILES: Final = ("stop", "stop_other_languages", "care", "care_other_languages", "answers", "talk", "ordinary")
_NOT_PHRASES: Final = frozenset(
    {"means", "how", "marks", "channels", "whole", "guards", "says", "does_not_say", "short"}
)
_BEFORE: Final = 5  # words that a guard may stand before what it guards
SHORT: Final = 12  # words of a reply that a rule marked `short` still reads


@dataclass(frozen=True, slots=True)
class Rule:
    """`intent` None: it only speaks for the ordinary, as evidence for the model."""

    id: str
    intent: Intent | None
    stop: Stop | None = None
    crisis: Crisis | None = None
    marks: frozenset[Mark] = frozenset()
    channels: frozenset[Channel] = frozenset()
    whole: bool = False
    short: bool = False
    guards: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    does_not_say: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that speaks, and from where to where in the text its words stand. `silenced`: a guard stands
    beside them, so it speaks for the ordinary."""

    rule: Rule
    start: int
    end: int
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """Silences a rule when one of `before` stands in the few words before it, or one of `beside` in the
    same sentence; but not when one of `still` opens the way to it."""

    before: Index[str]
    beside: Index[str]
    still: Index[str]


@dataclass(frozen=True, slots=True)
class Rulebook:
    rules: tuple[Rule, ...]
    phrases: Index[Rule]
    guards: dict[str, Guard]
    fillers: frozenset[str]
    courtesies: Index[str]
    tails: frozenset[str]

    def read(self, words: Sequence[Word]) -> list[Found]:
        """Every rule that speaks, once for each place; a `whole` one only where such rules and courtesies
        make up the reply, those of one intent if they can."""
        sentences = self.sentences(words)
        found: list[Found] = []
        whole: dict[Intent | None, list[tuple[int, Found]]] = {}
        for number, sentence in enumerate(sentences):
            for rule, start, end, silenced in self._in_sentence(sentence, len(words)):
                one = Found(rule, sentence[start].start, sentence[end - 1].end, silenced)
                if rule.whole:
                    whole.setdefault(rule.intent, []).append((number, one))
                else:
                    found.append(one)
        alone = [places for places in whole.values() if self._is_whole(sentences, places)]
        together = [place for places in whole.values() for place in places]
        if not alone and together and self._is_whole(sentences, together):
            alone = [together]
        return found + [one for places in alone for _, one in places]

    def sentences(self, words: Sequence[Word]) -> list[list[Word]]:
        """The words that change something, sentence by sentence."""
        sentences: list[list[Word]] = [[]]
        for word in words:
            if word.folded not in self.fillers:
                sentences[-1].append(word)
            if word.last and sentences[-1]:
                sentences.append([])
        return [sentence for sentence in sentences if sentence]

    def _in_sentence(self, sentence: list[Word], total: int) -> Iterator[tuple[Rule, int, int, bool]]:
        plain = [word.folded for word in sentence]
        for rule, start, end, _ in self.phrases.found(plain):
            if rule.short and total > SHORT:
                continue
            silenced = any(self._guarded(self.guards[name], plain, start, end) for name in rule.guards)
            yield rule, start, end, silenced

    def _is_whole(self, sentences: list[list[Word]], places: list[tuple[int, Found]]) -> bool:
        """Whether nothing is left over: each word belongs to one of these, ends one of them harmlessly, or is
        a courtesy."""
        for number, sentence in enumerate(sentences):
            spans = [(one.start, one.end) for where, one in places if where == number]
            if not self._is_said(sentence, spans):
                return False
        return True

    def _is_said(self, sentence: list[Word], spans: list[tuple[int, int]]) -> bool:
        said = [any(start <= word.start < end for start, end in spans) for word in sentence]
        for _, start, end, _ in self.courtesies.found([word.folded for word in sentence]):
            said[start:end] = [True] * (end - start)
        for here in range(1, len(sentence)):
            said[here] = said[here] or (said[here - 1] and sentence[here].folded in self.tails)
        return all(said)

    def without_courtesies(self, plain: Sequence[str]) -> list[str]:
        """What is left of these words; none of it a courtesy, a filler or an emoji."""
        courteous = {place for place, word in enumerate(plain) if word in self.fillers or word[:1] == ":"}
        for _, start, end, _ in self.courtesies.found(plain):
            courteous.update(range(start, end))
        return [word for place, word in enumerate(plain) if place not in courteous]

    @staticmethod
    def _guarded(guard: Guard, plain: list[str], start: int, end: int) -> bool:
        before = plain[max(0, start - _BEFORE) : start]
        if any(True for _ in guard.still.found(before)):
            return False
        if any(True for _ in guard.before.found(before)):
            return True
        return any(True for _ in guard.beside.found(plain))


@cache
def rulebook() -> Rulebook:
    """The shipped rules. Raises PhraseError or ValueError, naming the rule, when one cannot be read."""
    sets: dict[str, str] = table("rules/sets.toml")
    rules: list[Rule] = []
    phrases: Index[Rule] = Index()
    for file in FILES:
        for name, written in table(f"rules/{file}.toml").items():
            rule = _rule(f"{file}.{name}", written)
            rules.append(rule)
            for phrase in _phrases(written, sets):
                phrases.add(phrase, rule)
    words = table("rules/words.toml")
    return Rulebook(
        rules=tuple(rules),
        phrases=phrases,
        guards={name: _guard(each, sets) for name, each in table("rules/guards.toml").items()},
        fillers=frozenset(words["fillers"].split()),
        courtesies=_index(words["courtesies"], sets),
        tails=frozenset(words["tails"].split()),
    )


def _rule(id: str, written: dict[str, Any]) -> Rule:
    how = str(written.get("how"))
    intent = Intent(written["means"]) if written.get("means") else None
    return Rule(
        id=id,
        intent=intent,
        stop=Stop(how) if intent is Intent.OPT_OUT else None,
        crisis=Crisis(how) if intent is Intent.CRISIS else None,
        marks=frozenset(Mark(each) for each in written.get("marks", ())),
        channels=frozenset(Channel(each) for each in written.get("channels", ())),
        whole=written.get("whole", False),
        short=written.get("short", False),
        guards=tuple(written.get("guards", ())),
        says=tuple(written.get("says", ())),
        does_not_say=tuple(written.get("does_not_say", ())),
    )


def _phrases(written: dict[str, Any], sets: dict[str, str]) -> list[Phrase]:
    blocks = [lines for name, lines in written.items() if name not in _NOT_PHRASES]
    return [phrase for lines in blocks for phrase in read_phrases(lines, sets)]


def _guard(written: dict[str, str], sets: dict[str, str]) -> Guard:
    return Guard(*(_index(written.get(name, ""), sets) for name in ("before", "beside", "still")))


def _index(lines: str, sets: dict[str, str]) -> Index[str]:
    index: Index[str] = Index()
    for phrase in read_phrases(lines, sets):
        index.add(phrase, phrase.written)
    return index
