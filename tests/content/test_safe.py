"""What may stand between braces, and that nothing else ever runs."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import safe
from engine.content.safe import Choice, Slot, TemplateMistake

ESCAPES = [  # the classics of template injection, and every form that is no name, words or choice
    "{{ 7 * 7 }}",
    "{{ 7 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ first_name.__class__ }}",
    "{{ first_name['__class__'] }}",
    "{{ first_name|attr('__class__') }}",
    "{{ first_name|upper }}",
    "{{ first_name|safe }}",
    "{{ first_name|format }}",
    "{{ '%s'|format(first_name) }}",
    "{{ '{0.__class__}'.format(first_name) }}",
    "{{ first_name() }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ config }}",
    "{{ request.application.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ joiner() }}",
    "{{ namespace() }}",
    "{{ range(999999999) }}",
    "{{ dict(a=1) }}",
    "{{ [1, 2] }}",
    "{{ {'a': 1} }}",
    "{{ first_name ~ organizer }}",
    "{{ first_name if organizer else community }}",
    "{{ first_name or organizer }}",
    "{{ first_name or 'a' or 'b' }}",
    "{{ first_name or 7 }}",
    "{{ first_name and 'a' }}",
    "{{ not first_name }}",
    "{{ first_name is defined }}",
    "{{ first_name == 'a' }}",
    "{{ first_name, organizer }}",
    "{{ *first_name }}",
    "{% for n in range(9) %}x{% endfor %}",
    "{% for letter in first_name %}x{% endfor %}",
    "{% macro m() %}x{% endmacro %}",
    "{% call m() %}x{% endcall %}",
    "{% set first_name = 'x' %}",
    "{% set x %}y{% endset %}",
    "{% include 'letter.mjml' %}",
    "{% import 'letter.mjml' as m %}",
    "{% from 'letter.mjml' import m %}",
    "{% extends 'letter.mjml' %}",
    "{% block words %}x{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% with a = 1 %}x{% endwith %}",
    "{% autoescape false %}x{% endautoescape %}",
    "{% do x %}",
    "{% debug %}",
    "{% raw %}{{ 7 * 7 }}{% endraw %}",
    "{%- raw -%}x{%- endraw -%}",
    "{% if first_name == 'a' %}x{% endif %}",
    "{% if not first_name %}x{% endif %}",
    "{% if first_name and organizer %}x{% endif %}",
    "{% if first_name.x %}x{% endif %}",
    "{% if first_name() %}x{% endif %}",
    "{% if true %}x{% endif %}",
    "{% if first_name %}x{% elif organizer %}y{% endif %}",
    "{% if first_name %}{{ 7 * 7 }}{% endif %}",
    "{{ {{ first_name }} }}",
    "{{ first_name or 'a\\nBcc: x' }}",
    "{{ first_name or '\\ud800' }}",
    "{{ 1" + "0" * 5000 + " }}",
    "{{ " + "(" * 5000 + "first_name" + ")" * 5000 + " }}",
    "{{ first_name",
    "{% if first_name %}",
    "{% endif %}",
    "{{ }}",
    "{% %}",
    "{{ first_name }",
]


@pytest.mark.parametrize("text", ESCAPES, ids=lambda text: text[:50])
def test_trust_T7_what_is_not_a_name_words_in_its_place_or_a_choice_is_refused(text: str) -> None:
    with pytest.raises(TemplateMistake) as refused:
        safe.read(text)
    assert refused.value.mend


@pytest.mark.parametrize("depth", [safe.DEEPEST + 1, 50, 2_000])
def test_trust_T7_choices_within_choices_have_a_floor(depth: int) -> None:
    with pytest.raises(TemplateMistake):
        safe.read("{% if first_name %}" * depth + "{% endif %}" * depth)


def test_trust_T7_a_text_has_a_longest_length() -> None:
    safe.read("a" * safe.LONGEST)
    with pytest.raises(TemplateMistake, match="longer"):
        safe.read("a" * (safe.LONGEST + 1))


@given(st.text())
def test_trust_T7_a_value_is_never_read_as_a_template(value: str) -> None:
    assert safe.fill("{{ first_name }}", {"first_name": value}) == value
    assert safe.fill("{{ first_name }}", {"first_name": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}"


@given(st.text())
def test_trust_T7_any_text_is_read_or_refused_and_nothing_else_is_raised(text: str) -> None:
    for template in (text, f"{{{{ {text} }}}}", f"{{% {text} %}}"):
        with suppress(TemplateMistake):
            safe.read(template)


def test_the_three_forms_are_read() -> None:
    assert safe.read('Hi {{ first_name or "friend" }} of {{ community }}') == (
        "Hi ",
        Slot("first_name", "friend"),
        " of ",
        Slot("community"),
    )
    assert safe.read("{% if neighborhood %}in {{ neighborhood }}{% else %}here{% endif %}") == (
        Choice("neighborhood", ("in ", Slot("neighborhood")), ("here",)),
    )


def test_a_mistake_names_its_own_line() -> None:
    with pytest.raises(TemplateMistake) as refused:
        safe.read("One\ntwo\n{{ nobody }}")
    assert refused.value.line == 3


@pytest.mark.parametrize(
    ("values", "letter"),
    [
        ({}, "Hi friend here"),
        ({"first_name": "Ana"}, "Hi Ana here"),
        ({"first_name": "Ana", "neighborhood": "Mill Hill"}, "Hi Ana in Mill Hill"),
        ({"neighborhood": ""}, "Hi friend here"),
    ],
)
def test_a_choice_depends_on_what_is_known(values: dict[str, str], letter: str) -> None:
    template = (
        'Hi {{ first_name or "friend" }} {% if neighborhood %}in {{ neighborhood }}{% else %}here{% endif %}'
    )
    assert safe.fill(template, values) == letter


def test_the_situations_of_every_variable_are_sixteen() -> None:
    assert len(set(safe.situations(safe.VARIABLES))) == 16
