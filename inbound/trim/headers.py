"""Blocks of header lines in the words of a mail, in any language we know: From, Date, To, Subject."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from engine.vocabulary.messages import Mailbox
from inbound.trim.attributions import DASHES, is_attribution
from inbound.trim.kinds import Kind
from inbound.trim.language import Language, folded, lexicon

_WORD: Final = 24  # characters of a header word
_FLAT: Final = 2_000  # characters of a line that holds a whole block
_COLONS: Final = 60
_RULES: Final = frozenset((Kind.RULE, Kind.ORIGINAL, Kind.FORWARD))
_LABELLED: Final = re.compile(r"[*> ]{0,4}[^\W\d_][^:：@<>]{0,24}[:：]\s?\S")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"'|*]+@[^\s<>()\[\],;:\"'|*]+")
_DIVIDED: Final = re.compile(r"(\s*[-_–—]{3,} ?[^-_–—]{3,60}[-_–—]{3,})\s+(\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A header block, read. `rest` is where the lines after it begin."""

    sender: Mailbox
    subject: str
    names: frozenset[str]
    rest: int


def header_name(text: str) -> str:
    """The folded name of a line such as `*From:* Ann`, when it is a header word of any language."""
    head = text[: 2 * _WORD].replace("：", ":")
    if ":" not in head:
        return ""
    name = head.strip().lstrip("*> ").partition(":")[0]
    if len(name) > _WORD + 4:
        return ""
    low = folded(name.strip("* \u00a0"))
    return low if low in lexicon().header_words else ""


def languages_of(names: Iterable[str]) -> list[Language]:
    """The languages these header words can belong to: From of that language, the others also in English,
    for many programs translate only the first."""
    found = set(names)
    known = lexicon()
    return [
        each
        for each in known.languages
        if found & each.senders and len(found & (each.headers | known.english)) >= 2
    ]


def mark_header_blocks(texts: list[str], kinds: list[Kind]) -> None:
    """Two or more header lines in a row, of one language, one naming the sender, with an address or a
    number among them ("From: the heart" is a line of a poem). Under a rule or a divider, three lines with
    labels of any language, an address and a number."""
    known = [header_name(text) for text in texts]
    if not any(known) and _RULES.isdisjoint(kinds):
        return
    here = 0
    while here < len(texts):
        end = _end_of_run(texts, kinds, known, here)
        names = list(filter(None, known[here:end]))
        marked = end
        if len(names) < 2 or not _has_evidence(texts[here:end], names) or not languages_of(names):
            marked = _labelled(texts, kinds, here) if _under_a_rule(kinds, here) else here
        kinds[here:marked] = [Kind.HEADER] * (marked - here)
        here = max(end, marked, here + 1)  # what is no block as a whole holds none


def read_block(texts: list[str], start: int = 0) -> Block | None:
    """The header block that begins at this line. Programs put empty lines between headers, too: those are
    passed over until the sender and the subject are known."""
    fields: dict[str, str] = {}
    known = lexicon()
    here, last, end = start, "", start
    while here < len(texts):
        name = header_name(texts[here])
        if name:
            last = name
            fields.setdefault(name, _value(texts[here]))
        elif texts[here].strip():
            if not last or not _is_folded(texts, here):
                break
            fields[last] = f"{fields[last]} {texts[here].strip()}"
        elif fields.keys() & known.senders and fields.keys() & known.subjects:
            break
        here += 1
        end = here if texts[here - 1].strip() else end
    if not fields:
        return None
    sender = next((value for name, value in fields.items() if name in known.senders), "")
    subject = next((value for name, value in fields.items() if name in known.subjects), "")
    return Block(mailbox_in(sender), subject, frozenset(fields), end)


def mailbox_in(value: str) -> Mailbox:
    """`Ann Lee <ann@example.org>`, `Ann Lee [mailto:ann@example.org]`, or a name alone."""
    found = _ADDRESS.search(value[:1_000])
    address = found.group().strip(".").removeprefix("mailto:").lower() if found else ""
    name = value[: found.start()] if found else value
    for mark in ("<", "[", "(", "mailto:"):
        name = name.partition(mark)[0]
    return Mailbox(name.strip(" \t\"'*\u00a0"), address)


def split_flat(text: str) -> list[str]:
    """A line that holds a divider or several headers, or both, as the lines it was made from."""
    if text.count(":") + text.count("：") < 2 or len(text) > _FLAT:
        return [text]
    before, gap, after = text.partition(":  ")
    if gap and after.strip() and is_attribution(f"{before}:"):  # Yahoo's, on telephones
        return [f"{before}:", after.strip()]
    divided = _DIVIDED.fullmatch(text)
    if divided is not None:
        return [divided.group(1), *(_headers_of(divided.group(2)) or [divided.group(2)])]
    return (_headers_of(text) if header_name(text) else []) or [text]


def _headers_of(text: str) -> list[str]:
    """One line for each header of at least three, with a sender and a subject; else nothing."""
    starts, names = [], []
    here = -1
    for _ in range(_COLONS):
        here = text.find(":", here + 1)
        if here < 0:
            break
        start, name = _name_before(text, here)
        if name and name not in names:
            starts.append(start)
            names.append(name)
    if len(names) < 3 or starts[0] != 0 or not languages_of(names) or not lexicon().subjects & set(names):
        return []
    return [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _name_before(text: str, colon: int) -> tuple[int, str]:
    """The longest header word that ends at this colon, and where it begins. Words may stick together
    ("2026Subject:"), so a capital letter begins one."""
    low = max(0, colon - _WORD)
    for start in range(low, colon):
        fresh = start == 0 or not text[start - 1].isalpha() or (text[start].isupper() and start > low)
        if fresh and not text[start].isspace():
            name = folded(text[start:colon]).strip()
            if name in lexicon().header_words:
                return start, name
    return colon, ""


def _end_of_run(texts: list[str], kinds: list[Kind], known: list[str], start: int) -> int:
    here = start
    while here < len(texts) and kinds[here] is Kind.WORDS:
        if not known[here] and (here == start or not _is_folded(texts, here)):
            break
        here += 1
    return here


def _is_folded(texts: list[str], here: int) -> bool:
    """Whether a line goes on with the header above it: another header follows, or a list of addresses does
    not end with the line."""
    follows = here + 1 < len(texts) and bool(header_name(texts[here + 1]))
    open_list = texts[here - 1].rstrip().endswith((",", ";")) and "@" in texts[here]
    return follows or open_list


def _has_evidence(lines: list[str], names: list[str]) -> bool:
    """An address; or a number, and a subject: who writes of a plan names its date and place, too."""
    if any("@" in text for text in lines):
        return True
    return not lexicon().subjects.isdisjoint(names) and any(any(map(str.isdigit, text)) for text in lines)


def _under_a_rule(kinds: list[Kind], place: int) -> bool:
    above = place - 1 if kinds[place] is Kind.WORDS else -1
    while above >= 0 and kinds[above] is Kind.BLANK:
        above -= 1
    return above >= 0 and kinds[above] in _RULES


def _labelled(texts: list[str], kinds: list[Kind], start: int) -> int:
    here = start
    while here < len(texts) and kinds[here] is Kind.WORDS and _LABELLED.match(texts[here][:80]):
        here += 1
    inside = texts[start:here]
    sure = any("@" in text for text in inside) and any(any(map(str.isdigit, text)) for text in inside)
    return here if len(inside) >= 3 and sure else start


def _value(text: str) -> str:
    return text.replace("：", ":").partition(":")[2].strip(f"{DASHES}\u00a0")
