"""Who may import whom (pyproject.toml, [tool.importlinter])."""

import subprocess
import sys
from pathlib import Path

from tests.conventions.reading import ROOT


def test_the_import_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    looked = subprocess.run((program, "--no-cache"), cwd=ROOT, capture_output=True, text=True)
    assert looked.returncode == 0, looked.stdout[-3000:]
