"""What authors may write between braces: a name, a name with something in its place, a choice.

Jinja2 only reads: its syntax tree is checked against an allow-list and turned into our own pieces,
which are filled by joining text. No author's template is ever executed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import product

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.vocabulary.sentences import Sentence, say

VARIABLES = ("first_name", "organizer", "community", "neighborhood")
LONGEST = 100_000  # characters of one template
DEEPEST = 4  # choices within choices
MOST_SLOTS = 200  # so that what is filled in stays small, whatever the values
_RAW = re.compile(r"\{%[-+]?\s*raw\b")  # Jinja2 reads it as text, and so hides it from us
_READER = ImmutableSandboxedEnvironment(autoescape=False)


class TemplateMistake(ValueError):
    """`line` counts from 1; `mend` says what to write instead."""

    def __init__(self, line: int, what: Sentence, mend: Sentence) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


@dataclass(frozen=True, slots=True)
class Slot:
    """`{{ first_name or "friend" }}`"""

    name: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """`{% if neighborhood %}…{% else %}…{% endif %}`"""

    name: str
    then: "Pieces"
    otherwise: "Pieces"


Piece = str | Slot | Choice
Pieces = tuple[Piece, ...]
Flat = tuple[str | Slot, ...]


@lru_cache(maxsize=512)
def read(text: str) -> Pieces:
    """The pieces of a template. Raises TemplateMistake for anything but the three forms."""
    if len(text) > LONGEST:
        raise TemplateMistake(
            1,
            say("This text is longer than %(most)s characters.", most=f"{LONGEST:,}"),
            say("Make it shorter."),
        )
    if raw := _RAW.search(text):
        raise _refused(text.count("\n", 0, raw.start()) + 1)
    try:
        tree = _READER.parse(text)
    except (TemplateSyntaxError, RecursionError, ValueError) as error:  # ValueError: a number of 5000 digits
        line = getattr(error, "lineno", 1) or 1
        raise TemplateMistake(
            line,
            say("These braces cannot be read."),
            say('Write {{ first_name }} or {{ first_name or "friend" }}.'),
        ) from error
    pieces = tuple(_pieces(tree.body, 0))
    if _slots(pieces) > MOST_SLOTS:
        raise TemplateMistake(
            1,
            say("This text has more than %(most)s variables.", most=MOST_SLOTS),
            say("Use fewer."),
        )
    return pieces


def _slots(pieces: Pieces) -> int:
    return sum(
        _slots((*piece.then, *piece.otherwise)) if isinstance(piece, Choice) else isinstance(piece, Slot)
        for piece in pieces
    )


def _pieces(body: list[nodes.Node], depth: int) -> Iterator[Piece]:
    for node in body:
        match node:
            case nodes.Output():
                yield from (_output(part) for part in node.nodes)
            case nodes.If(test=nodes.Name(name=name), elif_=[]) if depth < DEEPEST:
                _known(name, node.lineno)
                yield Choice(
                    name, tuple(_pieces(node.body, depth + 1)), tuple(_pieces(node.else_, depth + 1))
                )
            case _:
                raise _refused(node.lineno)


def _output(node: nodes.Node) -> Piece:
    match node:
        case nodes.TemplateData(data=text):
            return text
        case nodes.Name(name=name):
            _known(name, node.lineno)
            return Slot(name)
        case nodes.Or(left=nodes.Name(name=name), right=nodes.Const(value=str(otherwise))) if (
            otherwise.isprintable()
        ):
            _known(name, node.lineno)
            return Slot(name, otherwise)
        case nodes.Call(node=nodes.Name(name="story")):
            raise TemplateMistake(
                node.lineno,
                say("story(…) arrives in a later release."),
                say("Tell the story in the letter itself for now."),
            )
        case _:
            raise _refused(node.lineno)


def _known(name: str, line: int) -> None:
    if name not in VARIABLES:
        near = get_close_matches(name, VARIABLES, 1)
        mend = (
            say("Did you mean %(near)s?", near=near[0])
            if near
            else say("There are %(variables)s.", variables=", ".join(VARIABLES))
        )
        raise TemplateMistake(line, say("There is no variable called %(name)s.", name=name), mend)


def _refused(line: int) -> TemplateMistake:
    return TemplateMistake(
        line,
        say(
            "Only a variable, a variable with words in its place, "
            "or a simple choice may stand between braces."
        ),
        say('Write {{ first_name or "friend" }} or {% if neighborhood %}…{% else %}…{% endif %}.'),
    )


def deciding(pieces: Pieces) -> tuple[str, ...]:
    """The variables that choices depend on, in the order of VARIABLES."""
    found = set(_deciding(pieces))
    return tuple(name for name in VARIABLES if name in found)


def _deciding(pieces: Pieces) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Choice):
            yield piece.name
            yield from _deciding(piece.then)
            yield from _deciding(piece.otherwise)


def situations(names: tuple[str, ...]) -> list[frozenset[str]]:
    """Every set of these variables that may be known of a member: at most sixteen."""
    return [
        frozenset(name for name, there in zip(names, known, strict=True) if there)
        for known in product((False, True), repeat=len(names))
    ]


def flatten(pieces: Pieces, known: frozenset[str]) -> Flat:
    """The pieces with every choice made, for a member of whom these variables are known."""
    flat: list[str | Slot] = []
    for piece in pieces:
        if isinstance(piece, Choice):
            flat += flatten(piece.then if piece.name in known else piece.otherwise, known)
        else:
            flat.append(piece)
    return tuple(flat)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A short template, filled at once: a subject, a sender's name."""
    known = frozenset(name for name, value in values.items() if value)
    return "".join(
        piece if isinstance(piece, str) else values.get(piece.name) or piece.otherwise
        for piece in flatten(read(text), known)
    )
