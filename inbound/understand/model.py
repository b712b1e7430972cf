"""The local model: one weight for each feature and label, a sum, a probability. Pure Python; `model.json`
is made by `python -m inbound.understand.training` from the replies beside it."""

import json
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt

from inbound.understand import shipped
from inbound.understand.features import BUCKETS, of_rules, of_words, read_part
from inbound.understand.fold import Word
from inbound.understand.rulebook import Found


@dataclass(frozen=True, slots=True)
class Guess:
    """How probable each label is, and the words that speak most for it."""

    label: str
    probability: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """`weights[label][bucket]` in units of `scales[label]`; `thresholds` name from where a label counts."""

    labels: tuple[str, ...]
    weights: dict[str, bytes]  # one signed byte a bucket
    scales: dict[str, float]
    intercepts: dict[str, float]
    thresholds: dict[str, float]
    known: bytes  # one bit a bucket: seen in training

    def guesses(self, words: Sequence[Word], found: Iterable[Found], text: str) -> dict[str, Guess]:
        read = read_part(words)
        buckets = of_words(read)
        beside = of_rules(found, text)
        share = 1 / sqrt(len(buckets)) if buckets else 0.0
        return {label: self._guess(label, read, buckets, (share, beside)) for label in self.labels}

    def _guess(
        self,
        label: str,
        words: Sequence[Word],
        buckets: dict[int, set[int]],
        rest: tuple[float, set[int]],
    ) -> Guess:
        share, beside = rest
        weights, scale = self.weights[label], self.scales[label]
        signed = {bucket: weights[bucket] - 128 for bucket in buckets}
        total = share * sum(signed.values()) + sum(weights[bucket] - 128 for bucket in beside)
        score = self.intercepts[label] + scale * total
        probability = 1 / (1 + exp(-max(-30.0, min(30.0, score))))
        spoke = _loudest(words, buckets, signed) if probability >= self.thresholds[label] else ()
        return Guess(label, probability, spoke)

    def coverage(self, words: Sequence[Word]) -> float:
        """Which part of what is read was ever seen in training, 0 to 1."""
        buckets = of_words(read_part(words))
        seen = sum(self.known[bucket >> 3] >> (bucket & 7) & 1 for bucket in buckets)
        return seen / len(buckets) if buckets else 0.0


def _loudest(words: Sequence[Word], buckets: dict[int, set[int]], signed: dict[int, int]) -> tuple[Word, ...]:
    """At most four words, those that add most, in their order."""
    loud = [0.0] * len(words)
    for bucket, places in buckets.items():
        for place in places:
            loud[place] += signed[bucket] / len(places)
    most = sorted((place for place in range(len(words)) if loud[place] > 0), key=lambda place: -loud[place])
    return tuple(words[place] for place in sorted(most[:4]))


@cache
def model() -> Model:
    """The shipped model. Raises ValueError when it was made for other features."""
    written = json.loads(shipped.text("model.json"))
    if written["buckets"] != BUCKETS:
        raise ValueError("model.json was made for other features: run make model.")
    labels = written["labels"]
    return Model(
        labels=tuple(labels),
        weights={label: b64decode(each["weights"]) for label, each in labels.items()},
        scales={label: each["scale"] for label, each in labels.items()},
        intercepts={label: each["intercept"] for label, each in labels.items()},
        thresholds={label: each["threshold"] for label, each in labels.items()},
        known=b64decode(written["known"]),
    )
