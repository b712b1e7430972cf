"""A function does one thing; a module is read in one sitting."""

from tests.conventions.reading import PACKAGES, functions, modules, text_of

LONGEST_FUNCTION = 40
LONGEST_MODULE = 400


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{path}:{each.lineno} {each.name} has {lines} lines"
        for path in modules(*PACKAGES, "tests", "benchmarks")
        for each in functions(path)
        if (lines := (each.end_lineno or each.lineno) - each.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not too_long, "\n".join(too_long)


def test_every_module_stays_under_400_lines() -> None:
    too_long = [
        f"{path} has {lines} lines"
        for path in modules(*PACKAGES, "tests", "benchmarks")
        if (lines := len(text_of(path).splitlines())) >= LONGEST_MODULE
    ]
    assert not too_long, "\n".join(too_long)
