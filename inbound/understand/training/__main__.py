"""Makes `model.json`: `make model`. The same replies and rules give the same file.

1. Every reply becomes features: pieces of words by their share, rules that spoke by one each.
2. A logistic regression for each label; the strength of its penalty is the same for all.
3. Ten-fold cross-validation says how sure the model is of replies it has not seen; thresholds come from
   there: for a wish to stop and for a cry for help as low as a few false ones allow, else the best F1.
4. Weights are rounded to a byte each.
"""

import json
import sys
from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files
from math import sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_val_predict

from inbound.understand.features import BUCKETS, of_rules, of_words, read_part
from inbound.understand.fold import words_of
from inbound.understand.rulebook import rulebook
from inbound.understand.training.replies import LABELS, Reply, shipped

_PENALTY: Final = 3.0  # sklearn's C
# Of replies that do not say it, how many may be taken for one that does.
_FALSE_AT_MOST: Final = {"opt_out": 0.04, "crisis_acute": 0.015, "crisis_distress": 0.03}


def features(replies: Sequence[Reply]) -> csr_matrix:
    """One row for each reply, `BUCKETS` columns."""
    book = rulebook()
    rows, columns, values = [], [], []
    for row, reply in enumerate(replies):
        words = words_of(reply.text)
        buckets = of_words(read_part(words))
        share = 1 / sqrt(len(buckets)) if buckets else 0.0
        beside = of_rules(book.read(words), reply.text)
        for column in {*buckets, *beside}:
            rows.append(row)
            columns.append(column)
            values.append((share if column in buckets else 0.0) + (column in beside))
    return csr_matrix((values, (rows, columns)), shape=(len(replies), BUCKETS))


def learn(known: csr_matrix, wanted: np.ndarray[Any, Any], label: str) -> dict[str, Any]:
    """Weights, their scale, the intercept and the threshold of one label."""
    classifier = LogisticRegression(C=_PENALTY, max_iter=400, class_weight={0: 1.0, 1: _weight(wanted)})
    folds = KFold(10, shuffle=True, random_state=7)
    unseen = cross_val_predict(classifier, known, wanted, cv=folds, method="predict_proba", n_jobs=2)[:, 1]
    classifier.fit(known, wanted)
    weights = classifier.coef_[0]
    scale = float(np.abs(weights).max() / 127)
    bytes_ = (np.round(weights / scale) + 128).astype(np.uint8).tobytes()
    threshold = _threshold(unseen, wanted, label)
    _report(unseen, wanted, label, threshold)
    return {
        "weights": b64encode(bytes_).decode(),
        "scale": scale,
        "intercept": float(classifier.intercept_[0]),
        "threshold": threshold,
    }


def _weight(wanted: np.ndarray[Any, Any]) -> float:
    """Rare labels count for more, by the root of their rarity."""
    return float(sqrt((len(wanted) - wanted.sum()) / wanted.sum()))


def _threshold(unseen: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], label: str) -> float:
    if label in _FALSE_AT_MOST:
        return round(float(np.quantile(unseen[wanted == 0], 1 - _FALSE_AT_MOST[label])), 3)
    tried = np.arange(0.15, 0.8, 0.01)
    return round(float(max(tried, key=lambda at: _f1(unseen >= at, wanted))), 3)


def _f1(said: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> float:
    right = float((said & (wanted == 1)).sum())
    return 2 * right / (said.sum() + wanted.sum()) if right else 0.0


def _report(unseen: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], label: str, at: float) -> None:
    said = unseen >= at
    recall = (said & (wanted == 1)).sum() / wanted.sum()
    false = (said & (wanted == 0)).sum() / (wanted == 0).sum()
    shown = f"{label:16} {int(wanted.sum()):5}  from {at:.3f}  F1 {_f1(said, wanted):.3f}"
    sys.stdout.write(f"{shown}  found {recall:.3f}  false {false:.3f}\n")


def main() -> None:
    replies = shipped()
    known = features(replies)
    labels = {
        label: learn(known, np.array([label in reply.labels for reply in replies], int), label)
        for label in LABELS
    }
    seen = np.zeros(BUCKETS, np.uint8)
    seen[np.unique(known.indices)] = 1
    written = {
        "made_from": len(replies),
        "buckets": BUCKETS,
        "known": b64encode(np.packbits(seen, bitorder="little").tobytes()).decode(),
        "labels": labels,
    }
    target = Path(str(files("inbound.understand"))) / "model.json"
    target.write_text(json.dumps(written, indent=0) + "\n", "utf-8")
    sys.stdout.write(f"{len(replies)} replies, {target.stat().st_size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
