"""Trimming keeps every word the author wrote, drops what others wrote, and changes nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.trim import trim

QUOTES = {
    "gmail": "On Mon, Nov 23, 2026 at 9:41 AM Maya <m@porch.example> wrote:\n\n> What?\n> Maya",
    "german": "Am 23.11.2026 um 09:41 schrieb Maya Lee:\n> Was genau?",
    "french": "Le lun. 23 nov. 2026 à 09:41, Maya <m@porch.example> a écrit :\n> Que feriez-vous ?",
    "portuguese": "Em seg., 23 de nov. de 2026 às 09:41, Maya <m@porch.example>\nescreveu:\n\n> O quê?",
    "italian": "Il giorno lun 23 nov 2026 alle ore 09:41 Maya <m@porch.example> ha scritto:\n> Cosa?",
    "dutch": "Op ma 23 nov. 2026 om 09:41 schreef Maya <m@porch.example>:\n> Wat zou je maken?",
    "unmarked": "On Nov 23, 2026, at 9:41 AM, Maya <m@porch.example> wrote:\n\nWhat would you fix?\nMaya",
    "outlook": "From: Maya <m@porch.example>\nSent: Monday, November 23, 2026\nTo: Ana\n\nWhat is it?",
    "original": "-----Mensaje original-----\nDe: Maya\nAsunto: Hola\n\n¿Qué arreglarías?",
}
SENTENCES = st.lists(st.text("abcdefghij ñé.!", min_size=3).filter(str.strip), min_size=1, max_size=4)


@pytest.mark.parametrize("name", QUOTES)
@given(sentences=SENTENCES)
def test_words_above_any_quotation_are_kept_whole(name: str, sentences: list[str]) -> None:
    words = "\n".join(sentences).strip()
    trimmed = trim(f"{words}\n\n{QUOTES[name]}")
    assert trimmed.reply.split() == words.split()
    assert "Maya" in trimmed.quoted


PIECES = st.sampled_from(
    [
        "Hello there",
        "",
        "> quoted",
        "-- ",
        "Sent from my iPhone",
        "Regards,",
        "Ana",
        "From: a@b.c",
        "Sent: 1 May 2026",
        "-----Original Message-----",
        "On May 1, 2026, Ana <a@b.c> wrote:",
        "________________________",
        "---",
        "Yes.",
    ]
)


@given(st.lists(PIECES | st.text(max_size=30), max_size=12).map("\n".join))
def test_trimming_twice_changes_nothing(text: str) -> None:
    once = trim(text).reply
    assert trim(once).reply == once


@given(st.lists(PIECES, max_size=12).map("\n".join))
def test_words_that_nothing_marks_are_never_lost_altogether(text: str) -> None:
    whole = "Hello there\n" + text
    assert trim(whole).reply != ""


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote a list of 3 things:\n- soup\n- bread",
        "On the other hand, we should be careful.\nOn average this works.",
        "From: the heart\nTo: you\nBe well",
        "Shopping:\n-- soup\n-- bread\nSee you!",
        "2026-01-15 14:30:25\n15.01.2024 14:30\nare the times.",
        "He said at 10:30:\nhello",
    ],
)
def test_prose_that_looks_like_a_quotation_is_kept(text: str) -> None:
    assert trim(text).reply == text


def test_lines_of_the_letter_we_sent_are_dropped_though_nothing_marks_them() -> None:
    parent = "Last spring, when the creek rose, a neighbor walked Alder Street with a flashlight.\nAnd you?"
    text = (
        "The bench.\n\nLast spring, when the creek rose, a neighbor walked Alder\nStreet with a flashlight."
    )
    trimmed = trim(text, parent=parent)
    assert trimmed.reply.splitlines()[0] == "The bench."
    assert "creek" not in trimmed.reply
    assert trimmed.method == "parent"


def test_a_short_echo_of_our_words_stays_the_members_own() -> None:
    assert (
        trim("What would you fix? The bench!", parent="What would you fix?").reply
        == "What would you fix? The bench!"
    )


def test_a_mail_of_quotation_only_has_no_reply_and_a_picture_from_a_phone_neither() -> None:
    assert trim("> hello\n> there").reply == ""
    assert trim("Sent from my iPhone").reply == ""


def test_when_everything_looks_quoted_the_widest_cut_is_kept_with_low_confidence() -> None:
    trimmed = trim("On Mon, Nov 23, 2026 at 9:41 AM, Maya <m@x.org> wrote:\n\nhi there\n\nYes!")
    assert "Yes!" in trimmed.reply
    assert trimmed.confidence < 0.5
    assert trimmed.warnings == ("low_confidence",)


@pytest.mark.parametrize(
    "disclaimer",
    [
        "This message is confidential and intended only for the named addressee. If you have\n"
        "received this email in error, please notify the sender and delete it.",
        "Este mensaje es confidencial y va dirigido a su destinatario. Si lo recibe por error, bórrelo.",
        "Ce message est confidentiel. S'il vous parvient par erreur, merci de le détruire;\n"
        "toute divulgation est interdite.",
        "Diese Nachricht ist vertraulich und nur für den Empfänger bestimmt. Sollten Sie nicht\n"
        "gemeint sein, bitten wir Sie, sie zu löschen.",
        "Please consider the environment before printing this e-mail.",
    ],
)
def test_what_a_firm_writes_under_every_mail_is_no_reply(disclaimer: str) -> None:
    words = "I come on Saturday.\n\nCan I bring Tom?"
    assert trim(f"{words}\n\n{disclaimer}\n").reply == words
    assert trim(f"{words}\n\n> What would you bring?\n\n{disclaimer}\n").reply == words


@pytest.mark.parametrize(
    "words",
    [
        "This is confidential: my neighbor lost her work. Tell nobody, she asked me not to disclose it.",
        "If you have received this email, please write back. I was not sure that the address is right.",
    ],
)
def test_a_secret_that_a_member_tells_is_kept(words: str) -> None:
    assert trim(f"Hello Maya,\n\n{words}\n").reply.endswith(words)


@pytest.mark.parametrize(
    "text",
    [
        "I will come.\n\nBest regards,\nAna\n\nPS I need a wheelchair ramp, is there one?",
        "Yes\n-- \nAna\n\nP.S.: I can bring soup, but need a lift.",
        "Yes to lunch.\n\n________________________________\nAlso: no to dinner.",
        "Name: Ana\nTo: help\nFrom: 5pm\nDate: Monday\nI can help all these times.",
        "Here is the plan:\nDate: Friday 3 May 2026\nFrom: church\nTo: the park\nSubject to rain.\nSee you!",
    ],
)
def test_what_the_author_adds_below_a_name_a_rule_or_a_list_is_kept(text: str) -> None:
    assert trim(text).reply.split() == text.split()


def test_words_below_a_mail_passed_on_stay_the_author_s() -> None:
    passed_on = "---------- Forwarded message ---------\nFrom: Bob <bob@b.example>\nDate: Mon, 23 Nov 2026\n"
    trimmed = trim(f"{passed_on}Subject: Lamps\n\n> Lamps!\n\nThis is what I mean. Ana", subject="Fwd: Lamps")
    assert trimmed.reply == "This is what I mean. Ana"
    assert trimmed.forwarded is not None
    assert "Ana" not in trimmed.forwarded.body


def test_an_attribution_and_what_it_quotes_on_one_line_are_told_apart() -> None:
    attribution = "  On Mon, 23 Nov 2026 at 9:41, Maya<m@porch.example> wrote:"
    text = f"Yes I come.\n\n{attribution}   What would you fix?\nMaya"
    assert trim(text).reply == "Yes I come."


def test_a_mail_that_is_all_marked_says_that_nobody_can_be_sure() -> None:
    trimmed = trim("> I answer here in the quote\n> yes I come")
    assert trimmed.warnings == ("low_confidence",)
    assert "yes I come" in trimmed.quoted
