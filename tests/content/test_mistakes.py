"""What an author is told about a slip: the line it stands on, what is wrong, and how to mend it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content.script import parse
from engine.content.script.reading import LONGEST_FILE, MOST_MISTAKES
from engine.vocabulary.script import Gravity, Mistake

LETTER = """\
---
Title: The porch light
For: everyone
From: {{ organizer }}
Language: en
Send between: 9:00-19:30
Days: Mon, Tue
Goal: has a buddy
---
Notes for admins.

## hello
When: right away
Subject: The porch light is on

Last spring a neighbor walked
Alder Street with a flashlight.

### text
Nine of us knocked on doors.
What would you fix?

### replies
- yes, sure: go to buddy
- anything else: a person answers

## buddy
When: 3 days later, at 10:00
Subject: A neighbor

Shall I introduce you?

### text
Shall I?
"""


def found_in(text: str) -> list[Mistake]:
    return list(parse(text, "porch").mistakes)


def test_a_letter_without_a_slip_has_no_mistakes() -> None:
    parsed = parse(LETTER, "porch")
    assert parsed.publishable
    assert parsed.mistakes == ()


SLIPS = {  # what stands there, what is written instead, the line it is on, words of the answer
    "a near miss of a part": ("### text\nNine", "### Texts\nNine", 19, "“### text”"),
    "a near miss of a file setting": ("Send between:", "Send betwen:", 6, "“Send between”"),
    "a near miss of a step setting": ("Subject: A", "Subjct: A", 29, "“Subject”"),
    "a setting nobody knows": ("Goal: has a buddy", "Zoom: 7", 8, "Settings here are: Title"),
    "a setting twice": ("Days: Mon, Tue", "Title: Again", 7, "stands here twice"),
    "no colon": ("Days: Mon, Tue", "Days Mon", 7, "an empty line"),
    "nothing after the colon": ("Title: The porch light", "Title:", 2, "empty"),
    "no time of day": ("9:00-19:30", "9:00-25:30", 6, "such as 9:30"),
    "no span of hours": ("9:00-19:30", "9:00", 6, "9:00-19:30"),
    "no time at all": ("9:00-19:30", "9:00-9:00", 6, "no time at all"),
    "no day of the week": ("Mon, Tue", "Mon, Teu", 7, "Did you mean Tue?"),
    "no days at all": ("Days: Mon, Tue", "Days:", 7, "empty"),
    "no moment": ("3 days later, at 10:00", "soon", 28, "right away"),
    "a bad hour of a step": ("3 days later, at 10:00", "3 days later, at 10:75", 28, "10:75"),
    "a time of day with hours": ("3 days later, at 10:00", "3 hours later, at 10:00", 28, "days and weeks"),
    "a date that is not": ("3 days later, at 10:00", "on 2026-02-30", 28, "2026-12-01"),
    "no moment given": ("When: right away\n", "", 12, "`When: 3 days later"),
    "nobody we know": ("everyone", "people who joined last year", 3, "people who joined"),
    "an audience that cannot be yet": ("For: everyone", "For: people who have replied", 3, "Only for:"),
    "no goal": ("has a buddy", "be happy", 8, "has replied"),
    "a language without a code": ("Language: en", "Language: English", 5, "such as en or es"),
    "neither yes nor no": ("Goal: has a buddy", "Sample: maybe", 8, "yes or no"),
    "no way to go": ("When: right away", "When: right away\nBy: pigeon", 14, "`By: text`"),
    "a setting of a later release": ("Subject: A", "Try: two subjects\nSubject: A", 29, "later release"),
    "a name with capitals": ("## hello", "## Hello there", 12, "small letters"),
    "a step twice": ("## buddy", "## hello", 27, "two steps called"),
    "no subject": ("Subject: A neighbor\n", "", 27, "has no subject"),
    "no letter": ("Shall I introduce you?\n", "", 27, "has no letter"),
    "an unknown variable": ("walked\nAlder", "walked\nwith {{ first_nam }}", 17, "Did you mean first_name?"),
    "an unknown variable of a subject": ("porch light is on", "{{ nobody }}", 14, "first_name, organizer"),
    "an unknown variable of a text": ("What would you", "{{ organiser }}", 21, "Did you mean organizer?"),
    "an unknown variable of a sender": ("{{ organizer }}", "{{ boss }}", 4, "no variable called boss"),
    "braces left open": ("Alder Street", "Alder {{ Street", 17, "cannot be read"),
    "a calculation": ("Alder", "{{ 7 * 7 }}", 17, "Only a variable"),
    "a story": ("Alder", '{{ story("bench") }}', 17, "later release"),
    "raw HTML": ("Alder", "<b>Alder</b>", 17, "**bold**"),
    "a variable in a link": ("Alder", "[Alder](https://a.example/{{ first_name }})", 17, "whole address"),
    "a variable in a link in brackets": ("Alder", "<https://a.test/{{ first_name }}>", 17, "whole address"),
    "a variable in a link below": ("Alder", "[a]: https://a.example/{{ first_name }}", 17, "whole address"),
    "a picture": ("Alder", "![Alder](https://a.example/a.png)", 17, "Link to it"),
    "a step nobody wrote": ("go to buddy", "go to budy", 24, "Did you mean “buddy”?"),
    "a step that is far off": ("go to buddy", "go to xyz", 24, "Name a step below"),
    "a way back": ("go to buddy", "go to hello", 24, "only goes forward"),
    "a word of the carriers": ("yes, sure", "stop", 24, "another word"),
    "a word of the carriers, disguised": ("yes, sure", "¡ALTO!", 24, "another word"),
    "nothing we can do": ("go to buddy", "a persn answers", 24, "“a person answers”"),
    "nothing happens": ("go to buddy", "", 24, "after the colon"),
    "nobody says this": ("yes, sure: go", " : go", 24, "what was meant"),
    "no dash before a reply": ("- yes, sure", "yes, sure", 24, "Write `- yes, sure"),
    "a part twice": ("### replies", "### text\nAgain.\n\n### replies", 23, "Put both into one"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_its_line_and_its_mending(slip: str) -> None:
    right, wrong, line, words = SLIPS[slip]
    assert right in LETTER
    parsed = parse(LETTER.replace(right, wrong, 1), "porch")
    told = [mistake for mistake in parsed.mistakes if words in f"{mistake.what} {mistake.mend}"]
    assert [mistake.line for mistake in told] == [line], parsed.mistakes
    assert told[0].gravity is Gravity.ERROR
    assert not parsed.publishable


def test_a_step_that_goes_as_a_text_needs_one() -> None:
    text = LETTER.replace("\n### text\nShall I?\n", "").replace("## buddy\n", "## buddy\nBy: text\n")
    assert [(m.line, m.gravity) for m in found_in(text)] == [(27, Gravity.ADVICE), (28, Gravity.ERROR)]


def test_a_letter_without_a_text_form_is_advised_about_and_publishable() -> None:
    parsed = parse(LETTER.replace("\n### text\nShall I?\n", ""), "porch")
    assert [(m.line, m.gravity) for m in parsed.mistakes] == [(27, Gravity.ADVICE)]
    assert parsed.publishable


def test_a_reply_that_is_not_built_yet_is_advised_about_and_publishable() -> None:
    parsed = parse(LETTER.replace("go to buddy", "find a buddy, then finish"), "porch")
    assert [(m.line, m.gravity) for m in parsed.mistakes] == [(24, Gravity.ADVICE)]
    assert "an organizer answers" in parsed.mistakes[0].what
    assert parsed.publishable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not begin with its settings"),
        ("\n" + LETTER, "does not begin with its settings"),
        ("Title: x\n", "does not begin with its settings"),
        (LETTER.replace("---", "--"), "does not begin with its settings"),
        ("---\nTitle: x\n\n## hello\n", "never end"),
    ],
)
def test_a_file_without_its_settings_is_no_script(text: str, words: str) -> None:
    parsed = parse(text, "porch")
    assert parsed.script is None
    assert [(m.line, words in m.what) for m in parsed.mistakes] == [(1, True)]


def test_a_file_without_a_letter_says_so() -> None:
    assert [(m.line, m.what) for m in found_in("---\nTitle: x\n---\n")] == [
        (4, "There is no letter in this file.")
    ]


def test_an_untitled_file_says_so() -> None:
    assert [m.mend for m in found_in(LETTER.replace("Title: The porch light\n", ""))] == [
        "Add a line such as `Title: The porch light`."
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(end: str) -> None:
    assert parse(LETTER.replace("\n", end), "porch") == parse(LETTER, "porch")


def test_the_mark_that_some_editors_put_first_is_nothing() -> None:
    assert parse("\ufeff" + LETTER, "porch") == parse(LETTER, "porch")


def test_an_empty_line_below_a_name_and_a_missing_blank_after_its_marks_are_forgiven() -> None:
    text = LETTER.replace("## hello\n", "##hello\n\n").replace("### text", "###text")
    assert parse(text, "porch") == parse(LETTER, "porch")


def test_a_file_too_long_is_told_so_and_not_cut_in_silence() -> None:
    parsed = parse(LETTER + "word " * (LONGEST_FILE // 5), "porch")
    assert "400,000" in parsed.mistakes[-1].what
    assert not parsed.publishable


@pytest.mark.parametrize(
    "junk", ["{{", "{%if a%}", "## a\n", "- : \n", "<", "](", "((((", "{{ 9", "\n### text\n"]
)
def test_a_megabyte_of_junk_is_told_about_and_never_raises(junk: str) -> None:
    head = "---\nTitle: x\n---\n## a\nWhen: right away\nSubject: x\n\n"
    parsed = parse(head + junk * (1_000_000 // len(junk)), "junk")
    assert not parsed.publishable


def test_of_very_many_slips_the_first_are_told_and_the_others_counted() -> None:
    steps = "".join(f"## step-{n}\nWhen: soon\nSubject: x\n\nx\n\n### text\nx\n" for n in range(1_000))
    mistakes = found_in(f"---\nTitle: x\n---\n{steps}")
    assert len(mistakes) == MOST_MISTAKES + 1
    assert mistakes[-1].what == "There are 800 more."


def test_very_much_advice_holds_nothing_back() -> None:
    steps = "".join(f"## step-{n}\nWhen: right away\nSubject: x\n\nx\n" for n in range(1_000))
    assert parse(f"---\nTitle: x\n---\n{steps}", "many").publishable


@given(st.text())
def test_no_file_whatever_raises(text: str) -> None:
    assert not parse(text, "any").publishable


PIECES = [
    "---", "## a", "When: ", "Subject: x", "### text", "### replies", "- yes: ", "go to a", "Title: ", "\n",
    "\n\n", "{{", "}}", "{% if first_name %}", "{% endif %}", "{% raw %}", "{{ 1" + "0" * 5000 + " }}", "\\",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=60))
def test_no_file_made_of_the_right_words_in_the_wrong_order_raises(pieces: list[str]) -> None:
    head = "---\nTitle: x\n---\n"
    lines = head.count("\n") + "".join(pieces).replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= mistake.line <= lines for mistake in found_in(head + "".join(pieces)))
