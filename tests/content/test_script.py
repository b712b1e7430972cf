"""A file becomes a Script and the Script its file again; a translation is laid over its original."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.content.script import check_translation, overlay, parse, write
from engine.vocabulary.script import (
    Act,
    Audience,
    Day,
    Everyone,
    Finish,
    Goal,
    GoTo,
    Gravity,
    HasReplied,
    HasTag,
    JoinedWithin,
    Later,
    NextDay,
    NotBuiltYet,
    OnDate,
    PersonAnswers,
    ReachedBy,
    RememberAs,
    Replied,
    ReplyRule,
    RightAway,
    Script,
    Speaks,
    Step,
    Tagged,
    When,
    Window,
)

# --- there and back ---------------------------------------------------------------------------

LETTERS = "abcdefghijklmnopqrstuvwxyz áñ字🌱'!?.;"
words = st.text(LETTERS, min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool)
tags = words.filter(lambda tag: " then " not in tag)
names = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
hours = st.builds(time, st.integers(0, 23), st.integers(0, 59))
perhaps_at = st.none() | hours
paragraphs = st.lists(words, min_size=1, max_size=4).map("\n\n".join)

moments: st.SearchStrategy[When] = st.one_of(
    st.builds(RightAway),
    st.builds(Later, st.integers(1, 999).map(lambda minutes: timedelta(minutes=minutes))).filter(
        lambda later: later.wait % timedelta(days=1) != timedelta(0)
    ),
    st.builds(Later, st.integers(1, 700).map(lambda days: timedelta(days=days)), perhaps_at),
    st.builds(NextDay, st.sampled_from(Day), perhaps_at),
    st.builds(OnDate, st.dates(date(2000, 1, 1), date(2999, 1, 1)), perhaps_at),
)
audiences: st.SearchStrategy[Audience] = st.one_of(
    st.just(Everyone()),
    st.builds(JoinedWithin, st.integers(0, 9999)),
    st.builds(Tagged, tags, has=st.booleans()),
    st.builds(Speaks, st.sampled_from(["en", "es", "fr"])),
    st.builds(HasReplied, st.booleans()),
    st.builds(ReachedBy, st.sampled_from(["email", "sms"])),
)
goals: st.SearchStrategy[Goal] = st.just(Replied()) | st.builds(HasTag, tags | st.just("has a buddy"))
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(GoTo, names),
    st.just(PersonAnswers()),
    st.just(Finish()),
    st.builds(RememberAs, tags),
    st.sampled_from(["find a buddy", "join circle gardeners", "sign up for the walk"]).map(NotBuiltYet),
)
rules = st.builds(
    ReplyRule,
    st.lists(words.filter(lambda said: said != "anything else"), max_size=3).map(tuple),
    st.lists(acts, min_size=1, max_size=3).map(tuple),
)
steps = st.builds(
    Step,
    name=names,
    when=moments,
    subject=words,
    body=paragraphs,
    text=st.none() | paragraphs,
    replies=st.lists(rules, max_size=3).map(tuple),
    only_for=st.none() | audiences,
    by_text=st.booleans(),
)
windows = st.builds(Window, hours, hours, st.frozensets(st.sampled_from(Day), min_size=1)).filter(
    lambda window: window.opens != window.closes
)
scripts = st.builds(
    Script,
    name=st.just("welcome"),
    title=words,
    language=st.sampled_from(["en", "es"]),
    sender=words | st.just("{{ organizer }}"),
    audience=st.none() | audiences,
    goal=st.none() | goals,
    window=windows | st.just(Window()),
    sample=st.booleans(),
    notes=st.just("") | paragraphs,
    steps=st.lists(steps, min_size=1, max_size=4).map(tuple),
)


@given(scripts)
def test_a_script_written_and_read_is_the_same_script(script: Script) -> None:
    assert parse(write(script), "welcome").script == script


@given(scripts)
def test_what_is_written_is_written_the_same_again(script: Script) -> None:
    again = parse(write(script), "welcome").script
    assert again is not None
    assert write(again) == write(script)


def test_a_translation_written_and_read_is_the_same() -> None:
    step = Step("hello", RightAway(), "Hola", "¿Qué tal?", "Hola", (ReplyRule(("sí",), (Finish(),)),))
    script = Script("welcome.es", "Bienvenida", "es", translates="welcome", steps=(step,))
    assert parse(write(script), "welcome.es").script == script


# --- a translation ----------------------------------------------------------------------------

ENGLISH = """\
---
Title: Hello
Goal: has replied
---
## hello
When: right away
Subject: The light is on

Come by.

### text
Come by!

### replies
- buddy: go to meet
- no, later: finish
- anything else: a person answers

## meet
When: 3 days later, at 10:00
Subject: A neighbor

Shall I?
"""
SPANISH = """\
---
Title: Hola
Translates: hello
Language: es
---
## hello
Subject: La luz

Ven.

### text
¡Ven!

### replies
- compañía: go to meet
"""


def read(text: str, name: str = "hello") -> Script:
    script = parse(text, name).script
    assert script is not None
    return script


def told(spanish: str) -> list[tuple[int, Gravity]]:
    return [(m.line, m.gravity) for m in check_translation(read(ENGLISH), read(spanish, "hello.es"))]


def test_a_translation_gives_the_words_and_the_original_everything_else() -> None:
    laid = overlay(read(ENGLISH), read(SPANISH))
    hello, meet = laid.steps
    assert (laid.title, laid.language, laid.goal, laid.name) == ("Hola", "es", Replied(), "hello")
    assert (hello.subject, hello.body, hello.text) == ("La luz", "Ven.", "¡Ven!")
    assert meet == read(ENGLISH).step("meet")  # not translated: as the original has it


def test_a_translation_understands_both_languages_and_keeps_what_else_happens() -> None:
    replies = overlay(read(ENGLISH), read(SPANISH)).steps[0].replies
    assert [rule.phrases for rule in replies] == [("compañía",), ("buddy",), ("no", "later"), ()]
    assert replies[-1].acts == (PersonAnswers(),)


def test_a_translation_gives_no_text_form_to_a_step_that_has_none() -> None:
    spanish = read(SPANISH + "\n## meet\nSubject: Una vecina\n\n¿La presento?\n\n### text\n¿La presento?\n")
    assert overlay(read(ENGLISH), spanish).steps[1].text is None


def test_a_translation_names_its_sender_in_its_own_words() -> None:
    english, spanish = (
        ENGLISH.replace("Goal:", "From: Maya at Home\nGoal:"),
        "Language: es\nFrom: Maya en Casa",
    )
    assert overlay(read(english), read(SPANISH)).sender == "Maya at Home"
    assert overlay(read(english), read(SPANISH.replace("Language: es", spanish))).sender == "Maya en Casa"


def test_a_made_up_story_in_either_language_makes_a_sample() -> None:
    sample = SPANISH.replace("Language: es", "Language: es\nSample: yes")
    assert overlay(read(ENGLISH), read(sample)).sample
    assert not overlay(read(ENGLISH), read(SPANISH)).sample


def test_a_setting_that_the_original_has_to_say_is_advised_about() -> None:
    spanish = SPANISH.replace("Language: es", "Language: es\nDays: Mon").replace(
        "Subject:", "When: right away\nSubject:"
    )
    assert told(spanish) == [(5, Gravity.ADVICE), (8, Gravity.ADVICE), (1, Gravity.ADVICE)]


def test_a_step_that_is_not_translated_is_advised_about() -> None:
    assert told(SPANISH) == [(1, Gravity.ADVICE)]


def test_a_translation_of_something_else_says_so() -> None:
    assert (3, Gravity.ERROR) in told(SPANISH.replace("Translates: hello", "Translates: welcome"))


def test_a_translation_into_its_own_language_says_so() -> None:
    assert (4, Gravity.ERROR) in told(SPANISH.replace("Language: es", "Language: en"))


def test_a_step_that_the_original_lacks_is_a_mistake() -> None:
    assert (6, Gravity.ERROR) in told(SPANISH.replace("## hello", "## helo"))


def test_a_reply_that_does_something_new_is_a_mistake() -> None:
    assert (15, Gravity.ERROR) in told(SPANISH.replace("go to meet", "remember as friend"))
