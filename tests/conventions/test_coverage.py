"""The documents keep their word: tests that are named exist, links lead somewhere, examples work."""

import re
from collections.abc import Iterator
from pathlib import Path

from engine.actions.sequences import check
from tests.conventions.reading import ROOT, functions, text_of, tracked

COVERAGE = Path("docs/coverage.md")
NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")  # within the repository: no scheme, no heading


def promises() -> Iterator[tuple[int, str, str]]:
    """Line number, promise, and what keeps it."""
    for number, line in enumerate(text_of(COVERAGE).splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] != "promise" and set(cells[0]) != {"-"}:
            yield number, cells[0], cells[-1]


def documents() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md" and path.parts[0] != "templates"]


def test_every_promise_is_one_row_with_a_test_or_says_that_it_is_open() -> None:
    rows = list(promises())
    assert len(rows) > 50
    vague = [f"line {number}: {promise}" for number, promise, kept in rows if not says_how(kept)]
    assert not vague, "\n".join(vague)


def says_how(kept: str) -> bool:
    """Tests, `open`, both, or `by hand:` with something behind it."""
    rest = NAMED.sub("", kept).strip()
    return bool(kept) and (rest in ("", "open") or bool(re.fullmatch(r"by hand: .+", rest)))


def test_a_promise_kept_by_nothing_is_seen() -> None:
    assert not says_how("")
    assert not says_how("soon")
    assert not says_how("by hand:")


def test_every_test_that_is_named_exists() -> None:
    gone = [
        f"line {number}: {file}::{test}"
        for number, _, kept in promises()
        for file, test in NAMED.findall(kept)
        if not is_a_test(Path("tests", file), test)
    ]
    assert not gone, "\n".join(gone)


def is_a_test(path: Path, name: str) -> bool:
    return (ROOT / path).is_file() and any(each.name == name for each in functions(path))


def test_every_link_in_the_documents_leads_to_a_file() -> None:
    broken = [
        f"{path}: {target}"
        for path in documents()
        for target in LINK.findall(text_of(path))
        if not (ROOT / path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_the_sequence_in_the_readme_can_be_published() -> None:
    (example,) = re.findall(r"```markdown\n(.+?)```", text_of(Path("README.md")), re.DOTALL)
    checked = check({"neighbors": example})
    assert checked.publishable
    assert not any(checked.mistakes.values())
