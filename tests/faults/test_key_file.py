"""A key file is whole or not there: a crash while it is written leaves nothing that looks like one."""

import os
from pathlib import Path

import pytest

from engine.privacy.sealed import KeyRing


def test_a_crash_while_the_key_file_is_written_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        KeyRing.fresh().save(tmp_path / "keys.json")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_key_file_is_never_replaced(tmp_path: Path) -> None:
    first = KeyRing.fresh()
    first.save(tmp_path / "keys.json")
    with pytest.raises(FileExistsError):
        KeyRing.fresh().save(tmp_path / "keys.json")
    assert KeyRing.load(tmp_path / "keys.json") == first
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
