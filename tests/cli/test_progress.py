"""Long work shows how far it is: a bar on a terminal, one quiet line elsewhere."""

import re

import pytest

from webapp.cli.progress import progress


def work(total: int) -> None:
    with progress("Adding members") as step:
        for done in range(1, total + 1):
            step(done, total)


def test_a_terminal_sees_a_bar_fill(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    work(3)
    shown = capfd.readouterr()
    assert re.search(r"Adding members .*3/3", shown.err)
    assert shown.out == ""


def test_a_file_gets_one_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "0")
    work(3)
    assert capfd.readouterr().err == "Adding members …\n"
