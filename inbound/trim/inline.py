"""Answers between the quoted lines: each with what it answers, for the organizer."""

from typing import Final

from engine.vocabulary.messages import Answer
from inbound.trim.kinds import Kind, Line
from inbound.trim.signature import split_signature

_QUESTION: Final = 500  # characters
_ANSWERS_MOST: Final = 50


def answers_in(lines: list[Line]) -> tuple[Answer, ...]:
    """Nothing unless the author wrote below at least two quotations, or between two: one quotation with one
    answer under it is a reply like any other."""
    answers: list[Answer] = []
    question: list[str] = []
    words: list[str] = []
    quotations = 0
    before = Kind.BLANK
    for line in lines:
        if line.kind is Kind.QUOTED:
            if before is not Kind.QUOTED:
                quotations += 1
                answers += _answer(question, words)
                question, words = [], []
            question.append(line.text.lstrip("> ").rstrip())
        elif line.kind in (Kind.WORDS, Kind.BLANK) and question:
            words.append(line.text)
        before = line.kind if line.kind is not Kind.BLANK else before
    letter, _ = split_signature(words)
    answers += _answer(question, letter)
    return tuple(answers[:_ANSWERS_MOST]) if quotations > 1 else ()


def _answer(question: list[str], words: list[str]) -> list[Answer]:
    said = "\n".join(words).strip()
    return [Answer(_last_paragraph(question), said)] if question and said else []


def _last_paragraph(lines: list[str]) -> str:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    start = end
    while start and lines[start - 1]:
        start -= 1
    return " ".join(lines[start:end])[:_QUESTION]
