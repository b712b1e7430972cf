"""What mail programs write above a quotation, in the languages whose words we know."""

import pytest

from inbound.trim import trim
from inbound.trim.language import Language, lexicon
from inbound.trim.subjects import About, about, without_marks

ATTRIBUTIONS = [
    "On Mon, Nov 23, 2026 at 9:41 AM Maya Ortiz <maya@porch.example> wrote:",
    "On Nov 23, 2026, at 09:41, Maya Ortiz <maya@porch.example> wrote:",
    "El lun, 23 nov 2026 a las 9:41, Maya Ortiz (<maya@porch.example>) escribió:",
    "Em seg., 23 de nov. de 2026 às 09:41, Maya Ortiz <maya@porch.example> escreveu:",
    "Le lun. 23 nov. 2026 à 09:41, Maya Ortiz <maya@porch.example> a écrit :",
    "Am Mo., 23. Nov. 2026 um 09:41 Uhr schrieb Maya Ortiz <maya@porch.example>:",
    "Am 23.11.2026 um 09:41 schrieb Maya Ortiz:",
    "Il giorno lun 23 nov 2026 alle ore 09:41 Maya Ortiz <maya@porch.example> ha scritto:",
    "Op ma 23 nov 2026 om 09:41 schreef Maya Ortiz <maya@porch.example>:",
    "Den mån 23 nov. 2026 kl 09:41 skrev Maya Ortiz <maya@porch.example>:",
    "man. 23. nov. 2026 kl. 09:41 skrev Maya Ortiz <maya@porch.example>:",
    "Den man. 23. nov. 2026 kl. 09.41 skrev Maya Ortiz <maya@porch.example>:",
    "ma 23. marrask. 2026 klo 9.41 Maya Ortiz (maya@porch.example) kirjoitti:",
    "pon., 23 lis 2026 o 09:41 Maya Ortiz <maya@porch.example> napisał(a):",
    "W dniu 23.11.2026 o 09:41, Maya Ortiz pisze:",
    "po 23. 11. 2026 v 9:41 odesílatel Maya Ortiz <maya@porch.example> napsal:",
    "Dne 23. 11. 26 v 9:41 Maya Ortiz napsal(a):",
    "po 23. 11. 2026 o 9:41 Maya Ortiz <maya@porch.example> napísal(a):",
    "Maya Ortiz <maya@porch.example> ezt írta (időpont: 2026. nov. 23., H, 9:41):",
    "2026. 11. 23. 9:41 keltezéssel, Maya Ortiz írta:",
    "În lun., 23 nov. 2026 la 09:41, Maya Ortiz <maya@porch.example> a scris:",
    "pon, 23. stu 2026. u 09:41 Maya Ortiz <maya@porch.example> napisao je:",
    "V V pon., 23. nov. 2026 ob 9:41 je oseba Maya Ortiz <maya@porch.example> napisala:",
    "Στις Δευ 23 Νοε 2026 στις 9:41 π.μ., ο χρήστης Maya Ortiz <maya@porch.example> έγραψε:",
    "Maya Ortiz <maya@porch.example>, 23 Kas 2026 Pzt, 09:41 tarihinde şunu yazdı:",
    "23 Kas 2026 tarihinde 09:41 saatinde, Maya Ortiz <maya@porch.example> şunları yazdı:",
    "пн, 23 нояб. 2026 г. в 09:41, Maya Ortiz <maya@porch.example>:",
    "23.11.2026 9:41, Maya Ortiz пишет:",
    "Понедельник, 23 ноября 2026, 9:41 +03:00 от Maya Ortiz <maya@porch.example>:",
    "пн, 23 лист. 2026 р. о 09:41 Maya Ortiz <maya@porch.example> пише:",
    "На пн, 23.11.2026 г. в 9:41 Maya Ortiz <maya@porch.example> написа:",
    "пон, 23. нов 2026. у 09:41 Maya Ortiz <maya@porch.example> је написао/ла:",
    # Gmail turns the direction of writing around the names
    "\u202bבתאריך יום ב׳, 23 בנוב׳ 2026 ב-9:41 מאת \u202aMaya Ortiz\u202c\u200f "
    "<\u202amaya@porch.example\u202c\u200f>:\u202c",
    "في الاثنين، 23 نوفمبر 2026 في 9:41 ص تمت كتابة ما يلي بواسطة Maya Ortiz <maya@porch.example>:",
    "در تاریخ دوشنبه ۲۳ نوامبر ۲۰۲۶،\u200f ۹:۴۱ Maya Ortiz <maya@porch.example> نوشت:",
    "2026년 11월 23일 (월) 오전 9:41, Maya Ortiz <maya@porch.example>님이 작성:",
    "2026年11月23日(月) 9:41 Maya Ortiz <maya@porch.example>:",
    "2026/11/23 9:41、Maya Ortiz <maya@porch.example>のメール:",
    "Maya Ortiz <maya@porch.example> 于2026年11月23日周一 09:41写道：",
    "Maya Ortiz <maya@porch.example> 於 2026年11月23日 週一 上午9:41寫道：",
    "Vào Th 2, 23 thg 11, 2026 vào lúc 09:41 Maya Ortiz <maya@porch.example> đã viết:",
    "Pada tanggal Sen, 23 Nov 2026 pukul 09.41 Maya Ortiz <maya@porch.example> menulis:",
    "ในวันที่ จ. 23 พ.ย. 2026 เวลา 09:41 Maya Ortiz <maya@porch.example> เขียนว่า:",
    "सोम, 23 नव॰ 2026 को 9:41 am बजे को Maya Ortiz <maya@porch.example> ने लिखा:",
    "Maya Ortiz <maya@porch.example> kirjutas kuupäeval E, 23. november 2026 kell 09:41:",
    "2026-11-23, pr, 09:41 Maya Ortiz <maya@porch.example> rašė:",
    "pirmd., 2026. g. 23. nov., plkst. 09:41 — lietotājs Maya Ortiz (<maya@porch.example>) rakstīja:",
    "El dl., 23 de nov. 2026 a les 9:41, Maya Ortiz <maya@porch.example> va escriure:",
    "Missatge de Maya Ortiz <maya@porch.example> del dia dl., 23 de nov. 2026 a les 9:41:",
]
LETTER = "Come to the porch on Saturday at ten.\nBring a chair."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "unmarked"])
def test_the_words_above_an_attribution_are_the_reply(attribution: str, *, marked: bool) -> None:
    letter = "\n".join(f"> {line}" for line in LETTER.split("\n")) if marked else LETTER
    assert trim(f"I will come!\n\n{attribution}\n{letter}\n").reply == "I will come!"


@pytest.mark.parametrize("attribution", [each for each in ATTRIBUTIONS if "<" in each])
@pytest.mark.parametrize("at", [50, 72])
def test_an_attribution_may_be_broken_into_lines(attribution: str, at: int) -> None:
    words, lines = attribution.split(" "), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > at:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    quoted = "\n".join(f"> {line}" for line in LETTER.split("\n"))
    assert trim("I will come!\n\n" + "\n".join(lines) + f"\n\n{quoted}\n").reply == "I will come!"


@pytest.mark.parametrize("language", lexicon().languages, ids=lambda each: min(each.senders))
def test_a_header_block_of_each_language_begins_the_letter(language: Language) -> None:
    sender, subject = min(language.senders), min(language.subjects)
    other = min(language.headers - language.senders - language.subjects)
    block = f"{sender}: Maya <maya@porch.example>\n{other}: 23.11.2026 09:41\n{subject}: Saturday"
    found = trim(f"I will come!\n\n{block}\n\n{LETTER}\n", subject="Re: Saturday")
    assert found.reply == "I will come!"
    passed_on = trim(f"Look!\n\n{block}\n\n{LETTER}\n", subject="Fwd: Saturday")
    assert passed_on.reply == "Look!"
    assert passed_on.forwarded is not None
    assert (passed_on.forwarded.sender.address, passed_on.forwarded.subject) == (
        "maya@porch.example",
        "Saturday",
    )
    assert passed_on.forwarded.body == LETTER


def test_a_header_block_under_a_rule_needs_no_language_we_know() -> None:
    block = "Zvaaf: Maya <maya@porch.example>\nQwlt: 23.11.2026 09:41\nBrnk: Saturday"
    assert trim(f"I will come!\n\n________________\n{block}\n\n{LETTER}").reply == "I will come!"
    assert trim(f"I will come!\n\n{block}\n\n{LETTER}").reply.endswith("Bring a chair.")


@pytest.mark.parametrize(
    ("subject", "names", "said"),
    [
        ("Re: Saturday", (), About.ANSWER),
        ("AW: Saturday", (), About.ANSWER),
        ("Re[2]: Saturday", (), About.ANSWER),
        ("回复：Saturday", (), About.ANSWER),
        ("Fwd: Re: Saturday", (), About.FORWARD),
        ("Re: Fwd: Saturday", (), About.ANSWER),
        ("İLT: Saturday", (), About.FORWARD),
        ("VS: Saturday", ("fra", "til"), About.FORWARD),
        ("VS: Saturday", ("lähettäjä", "aihe"), About.ANSWER),
        ("Saturday: at ten", (), About.NEITHER),
        ("", (), About.NEITHER),
    ],
)
def test_the_mark_of_a_subject_tells_an_answer_from_a_forward(
    subject: str, names: tuple[str, ...], said: About
) -> None:
    assert about(subject, names) is said


def test_a_subject_sheds_its_marks() -> None:
    assert without_marks("Fwd: WG: Re: Saturday: at ten") == "Saturday: at ten"


def test_at_least_twenty_two_languages_are_known() -> None:
    assert len(lexicon().languages) >= 22
