"""Each mail of the fixture folder is read as the file beside it says."""

import pytest

from tests.inbound.fixtures import HERE, MAIL, SET_ASIDE, names, read


@pytest.mark.parametrize("name", names(MAIL))
def test_a_mail_is_read_as_expected(name: str) -> None:
    each = read(MAIL, name)
    assert each.found == each.expected


def test_every_fixture_is_explained_in_the_readme() -> None:
    readme = (HERE / "README.md").read_text("utf-8")
    every = names(MAIL) + names(SET_ASIDE)
    assert len(every) >= 150
    assert [name for name in every if f"| {name} |" not in readme] == []


def test_half_is_set_aside() -> None:
    assert not set(names(MAIL)) & set(names(SET_ASIDE))
    assert len(names(SET_ASIDE)) >= 75
