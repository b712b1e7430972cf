"""Collects every string of the interface into each catalogue; new ones come untranslated."""

import subprocess
import sys
from pathlib import Path

from webapp.i18n import TRANSLATIONS, ensure_compiled

ROOT = TRANSLATIONS.parent.parent


def main() -> None:
    template = TRANSLATIONS / "messages.pot"
    extract = [
        "extract",
        "-F",
        "webapp/i18n/babel.cfg",
        "-k",
        "_",
        "-k",
        "say",
        "--no-location",
        "--omit-header",
        "-o",
    ]
    _babel(*extract, str(template.relative_to(ROOT)), ".")
    for catalogue in TRANSLATIONS.glob("*/LC_MESSAGES"):
        update = ["update", "-l", catalogue.parent.name, "-d", str(TRANSLATIONS.relative_to(ROOT))]
        _babel(*update, "-i", str(template.relative_to(ROOT)), "--no-fuzzy-matching", "--ignore-obsolete")
    template.unlink()
    ensure_compiled()


def _babel(*words: str) -> None:
    program = Path(sys.executable).with_name("pybabel")
    subprocess.run([str(program), *words], cwd=ROOT, check=True)  # noqa: S603 (our own words)


if __name__ == "__main__":
    main()
