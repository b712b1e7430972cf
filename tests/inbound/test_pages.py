"""What a page itself says is quoted, in words of no language we know: only the markup can tell."""

import pytest

from inbound.parse.webpage import as_text
from inbound.trim import trim

SAID = (
    "Zvk 23 Mluv Maya &lt;maya@porch.example&gt; qlorp"  # "On Monday Maya wrote" of nowhere, without a colon
)
LETTER = "<p>Brolm ta porch vex Saturday.</p><p>Maya</p>"
HEADS = (
    "<b>Zvaaf:</b> Maya &lt;maya@porch.example&gt;<br><b>Qwlt:</b> 23.11.2026 09:41<br>"
    "<b>Pnt:</b> Ana &lt;ana@example.org&gt;<br><b>Brnk:</b> Saturday<br>"
)
OWN = "<div>I will come!</div>"

PAGES = {
    "Gmail": f'{OWN}<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
    f'{SAID}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{LETTER}</blockquote></div>',
    "Apple Mail": f'<html><body>{OWN}<div><br><blockquote type="cite"><div>{SAID}</div><br>'
    f"<div>{LETTER}</div></blockquote></div></body></html>",
    "Outlook": f'<p class="MsoNormal">I will come!</p><div style=\'border:none;border-top:'
    f'solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\'><p class="MsoNormal">{HEADS}</p></div>{LETTER}',
    "Outlook on the web": f'{OWN}<div id="appendonsend"></div><hr style="display:inline-block;width:98%">'
    f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{HEADS}</font></div>{LETTER}',
    "Outlook for Mac": f'{OWN}<div id="mail-editor-reference-message-container"><div>{SAID}</div>'
    f"{LETTER}</div>",
    "Yahoo": f'{OWN}<div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div>{SAID}</div>{LETTER}</div>',
    "Proton": f'{OWN}<div class="protonmail_quote"> {SAID}<br><br><blockquote class="protonmail_quote" '
    f'type="cite">{LETTER}</blockquote></div>',
    "Thunderbird": f'<p>I will come!</p><div class="moz-cite-prefix">{SAID}<br></div>'
    f'<blockquote type="cite" cite="mid:1@porch.example">{LETTER}</blockquote>',
    "GMX": f'<div>I will come!</div><div name="quote" style="border-left:2px solid #C3D9E5">{HEADS}'
    f'<div name="quoted-content">{LETTER}</div></div>',
    "Zoho": f'{OWN}<div class="zmail_extra"><div>{SAID}</div><blockquote>{LETTER}</blockquote></div>',
    "Tuta": f'{OWN}<br>{SAID}:<br><blockquote class="tutanota_quote">{LETTER}</blockquote>',
    "NetEase": f'{OWN}<div id="isReplyContent">{SAID}{LETTER}</div>',
}


@pytest.mark.parametrize("program", PAGES)
@pytest.mark.parametrize("plain", ["", "I will come!\n\nBrolm ta porch vex Saturday.\n\nMaya"])
def test_only_what_the_page_does_not_mark_is_the_reply(program: str, plain: str) -> None:
    found = trim(plain, PAGES[program], subject="Re: Saturday")
    assert found.reply == "I will come!"
    assert "Brolm" in found.quoted


@pytest.mark.parametrize(
    "signature",
    [
        '<div class="gmail_signature" data-smartmail="gmail_signature">Ana Ruiz<br>Zvogel 12</div>',
        '<div class="moz-signature">Ana Ruiz<br>Zvogel 12</div>',
        '<div id="ms-outlook-mobile-signature">Ana Ruiz<div>Zvogel 12</div></div>',
        '<div class="protonmail_signature_block"><div>Ana Ruiz</div>Zvogel 12</div>',
        '<div id="AppleMailSignature">Ana Ruiz<br>Zvogel 12</div>',
        '<div id="Signature"><div>Ana Ruiz</div><div>Zvogel 12</div></div>',
    ],
)
def test_a_signature_the_page_marks_is_no_reply(signature: str) -> None:
    found = trim("", f"<div>I will come!</div><div><br></div>{signature}")
    assert (found.reply, found.signature) == ("I will come!", "Ana Ruiz\nZvogel 12")


def test_words_typed_between_the_quotations_of_gmail_are_kept() -> None:
    page = (
        f'<div class="gmail_quote"><div class="gmail_attr">{SAID}</div><blockquote class="gmail_quote">'
        '<div>Brolm?</div></blockquote><div>From ten.</div><blockquote class="gmail_quote"><div>Vex?</div>'
        "</blockquote><div>My neighbor Tom.</div></div>"
    )
    found = trim("", page)
    assert found.reply.split() == ["From", "ten.", "My", "neighbor", "Tom."]
    assert [(each.question, each.words) for each in found.answers] == [
        ("Brolm?", "From ten."),
        ("Vex?", "My neighbor Tom."),
    ]


def test_a_forward_of_gmail_is_split_though_its_block_is_marked_as_an_attribution() -> None:
    page = (
        '<div dir="ltr">Look at this<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "---------- Forwarded message ---------<br>From: <b>Tom Lee</b> &lt;tom@example.org&gt;<br>"
        "Date: Mon, Nov 23, 2026<br>Subject: Crosswalk<br>To: Ana &lt;ana@example.org&gt;<br></div><br>"
        "<p>The city says yes.</p></div></div>"
    )
    found = trim("", page, subject="Fwd: Crosswalk")
    assert found.forwarded is not None
    assert (found.reply, found.forwarded.sender.address) == ("Look at this", "tom@example.org")
    assert (found.forwarded.subject, found.forwarded.body) == ("Crosswalk", "The city says yes.")


def test_an_indented_paragraph_of_the_author_is_no_quotation() -> None:
    indented = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">a poem of mine</blockquote>'
    assert trim("", f"<div>Here is</div>{indented}").reply.split() == [
        "Here",
        "is",
        "a",
        "poem",
        "of",
        "mine",
    ]


def test_a_page_that_would_leave_nothing_gives_way_to_the_words() -> None:
    page = '<div class="yahoo_quoted">I will come!</div>'
    assert trim("I will come!", page).reply == "I will come!"


def test_hidden_words_and_rules_do_not_become_text() -> None:
    assert as_text('<div style="display:none">preheader</div><hr><p>Hello</p>') == "Hello"


@pytest.mark.parametrize(
    "named",
    ['class="gmail_signature"', 'id="Signature"', "class=front-signature", 'id="ymail_android_signature"'],
)
def test_whatever_a_page_names_a_signature_is_one(named: str) -> None:
    trimmed = trim("", f"<div>Yes</div><div {named}>Ana, baker</div><blockquote>Will you come?</blockquote>")
    assert (trimmed.reply, trimmed.signature) == ("Yes", "Ana, baker")


def test_a_link_to_a_signature_is_no_signature() -> None:
    page = '<p>Sign: <a href="https://x.example/?id=signature">the letter</a></p><blockquote>x</blockquote>'
    assert trim("", page).reply == "Sign: the letter"


@pytest.mark.parametrize("odd", ["</\x0b>", "<a\x0b>", "</\x85 \x1f>", "</>", "< /p>", "<p", "</"])
def test_an_odd_tag_is_passed_over(odd: str) -> None:
    assert trim("", f"<p>Yes</p>{odd}").reply.startswith("Yes")
