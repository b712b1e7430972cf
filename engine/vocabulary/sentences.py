"""Sentences the engine says to whoever typed something: English here, any language on a page.

The interface's catalogue collects the first argument of `say`, so it is always written out.
"""

from collections.abc import Mapping


class Sentence(str):
    """The English sentence, with the text and the values it was made of, so that a page can translate it."""

    __slots__ = ("text", "values")
    text: str
    values: Mapping[str, object]


def say(text: str, /, **values: object) -> Sentence:
    """`text` names its places as `%(name)s`; a value may be a Sentence itself."""
    sentence = Sentence(text % values if values else text)
    sentence.text, sentence.values = text, values
    return sentence


class Said(Exception):
    """An error that whoever caused it can mend: the sentence says what is wrong and how."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence
