"""The data files of this package."""

import tomllib
from importlib.resources import files
from typing import Any


def table(name: str) -> dict[str, Any]:
    """One TOML file of this package, by its path below it."""
    return tomllib.loads(text(name))


def text(name: str) -> str:
    return files("inbound.understand").joinpath(*name.split("/")).read_text("utf-8")
