"""What is committed runs on any machine: it names no folder of ours and no package index."""

import re

from tests.conventions.reading import text_of, tracked

# Written in pieces, so that this file does not name them either.
OUR_FOLDERS = re.compile(
    "(?<![.\\w-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + ")/"
)
INDEXES = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", "yarn" + "pkg", "deb" + r"ian\.org"])
)


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number} {line.strip()[:100]}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line) and path.suffix != ".eml"  # mail from the outside names what it likes
    ]


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert not lines_with(OUR_FOLDERS)


def test_no_file_names_a_package_index() -> None:
    assert not lines_with(INDEXES)
