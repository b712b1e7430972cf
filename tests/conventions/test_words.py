"""The words of docs/language.md name things; the rejected ones do not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.tables import metadata
from tests.conventions.reading import PACKAGES, functions, modules, tree_of

REJECTED = {
    "subscriber", "lead", "blacklist", "blast", "drip", "funnel", "ticket", "escalation", "campaign",
    "manager", "helper", "util", "service", "data", "info",
}  # fmt: skip


OTHERS_HOOKS = {"handle_DATA"}  # aiosmtpd calls it so


def words_in(name: str) -> set[str]:
    """`BlastManagers` and `blast_manager` are both blast and manager; `metadata` is one word."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {word.lower().removesuffix("s") for word in found}


def named_in(path: Path) -> Iterator[str]:
    yield from (part.removesuffix(".py") for part in path.parts)
    yield from (node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef))
    yield from (each.name for each in functions(path) if not each.name.startswith("test_"))


def test_no_module_class_or_function_carries_a_rejected_word() -> None:
    found = sorted(
        f"{path}: {name}"
        for path in modules(*PACKAGES)
        for name in named_in(path)
        if words_in(name) & REJECTED and name not in OTHERS_HOOKS
    )
    assert not found, "\n".join(found)


def test_no_table_or_column_carries_a_rejected_word() -> None:
    names = [table.name for table in metadata.sorted_tables]
    names += [f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns]
    assert not [name for name in names if words_in(name) & REJECTED]


@pytest.mark.parametrize("name", ["DripCampaign", "blast_all", "get_HTTPManager", "lead2", "utils"])
def test_a_rejected_word_is_seen_in_any_spelling(name: str) -> None:
    assert words_in(name) & REJECTED


@pytest.mark.parametrize("name", ["metadata", "leading", "misleads", "Serviceable"])
def test_a_word_that_only_contains_one_is_left_alone(name: str) -> None:
    assert not words_in(name) & REJECTED
