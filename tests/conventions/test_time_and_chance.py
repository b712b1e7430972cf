"""Only rt.clock knows the time and only rt.ids draws lots; the tests could not simulate either otherwise."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conventions.reading import PACKAGES, modules, tree_of

DRAWS_LOTS = {"random", "secrets", "uuid"}
TELLS_TIME = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
ALLOWED = {
    Path("engine/clock.py"),
    Path("engine/privacy/sealed.py"),  # nonces and keys must never be simulated
}


def reaches_in(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (f"{path}:{node.lineno} {each.name}" for each in node.names if each.name in DRAWS_LOTS)
        elif isinstance(node, ast.ImportFrom) and node.module in DRAWS_LOTS:
            yield f"{path}:{node.lineno} {node.module}"
        elif isinstance(node, ast.Attribute) and _last_two(node) in TELLS_TIME | {"os.urandom"}:
            yield f"{path}:{node.lineno} {_last_two(node)}"


def _last_two(node: ast.Attribute) -> str:
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return f"{name}.{node.attr}"


def test_only_the_clock_tells_time_and_draws_lots() -> None:
    found = [each for path in modules(*PACKAGES) if path not in ALLOWED for each in reaches_in(path)]
    assert not found, "\n".join(found)


def test_those_that_may_still_do() -> None:
    """An exception that is no longer needed goes."""
    assert all(list(reaches_in(path)) for path in ALLOWED)
