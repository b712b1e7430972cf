"""A mark on a scale."""

from inbound.understand.slots.numbers import plain, value


def scale(text: str, low: int, high: int) -> int | None:
    """The mark, from `low` to `high`, that a reply names: "about a 7", "7/10", "siete", "7 out of 10".

    None where it names none, one beyond the scale, or two ("between 6 and 7").
    """
    words = plain(text.replace("/", " of "))
    marks: list[int] = []
    for here, word in enumerate(words):
        mark = value(word)
        if mark is None or _is_top(words, here, mark, high) or _is_article(word, words):
            continue
        marks.append(mark)
    return marks[0] if len(set(marks)) == 1 and low <= marks[0] <= high else None


def _is_top(words: list[str], here: int, mark: int, high: int) -> bool:
    """The 10 of "7/10", "7 out of 10" and "7 de 10"."""
    return mark == high and here >= 2 and words[here - 1] in ("of", "de", "over", "sobre")


def _is_article(word: str, words: list[str]) -> bool:
    """ "un 7" names one mark."""
    return word in ("un", "una", "one", "once") and any(each.isdecimal() for each in words)
