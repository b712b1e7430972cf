"""What a text costs (S12), and how it stays cheap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import sms

S12 = {  # a text: its alphabet, its units, its segments
    "nothing": ("", "GSM-7", 0, 0),
    "one segment, full": ("a" * 160, "GSM-7", 160, 1),
    "one too many": ("a" * 161, "GSM-7", 161, 2),
    "two segments, full": ("a" * 306, "GSM-7", 306, 2),
    "three": ("a" * 307, "GSM-7", 307, 3),
    "Spanish is mostly cheap": ("¿Qué tal, señora? ¡Ñandú!".replace("ú", "u"), "GSM-7", 25, 1),
    "but not every accent is": ("á" * 70, "UCS-2", 70, 1),
    "a euro sign counts two": ("€" * 80, "GSM-7", 160, 1),
    "and eighty-one are two segments": ("€" * 81, "GSM-7", 162, 2),
    "every character of the extension": ("^{}\\[~]|€", "GSM-7", 18, 1),
    "an extension character is never cut in two": ("a" * 152 + "€" + "a" * 152 + "€", "GSM-7", 308, 3),
    "a curly apostrophe": ("it’s", "UCS-2", 4, 1),
    "UCS-2, full": ("字" * 70, "UCS-2", 70, 1),
    "UCS-2, one too many": ("字" * 71, "UCS-2", 71, 2),
    "UCS-2, two full": ("字" * 134, "UCS-2", 134, 2),
    "UCS-2, three": ("字" * 135, "UCS-2", 135, 3),
    "an emoji counts two": ("🌱" * 35, "UCS-2", 70, 1),
    "an emoji is never cut in two": ("🌱" * 67, "UCS-2", 134, 3),
    "a backtick is not in the cheap alphabet": ("`", "UCS-2", 1, 1),
    "a line end is": ("a\nb", "GSM-7", 3, 1),
}


@pytest.mark.parametrize("case", S12)
def test_trust_S12_segments_are_counted_as_the_carriers_do(case: str) -> None:
    text, encoding, units, segments = S12[case]
    assert sms.count(text) == sms.Segments(encoding, units, segments)


@given(st.text(st.sampled_from("ab€字🌱’"), max_size=400))
def test_trust_S12_more_words_never_cost_less(text: str) -> None:
    costs = [sms.count(text[:end]).segments for end in range(0, len(text) + 1, 7)]
    assert costs == sorted(costs)


def test_trust_S12_a_curly_apostrophe_does_not_double_the_cost() -> None:
    text = "It’s Rosa – “come by” at nine… " * 4
    assert sms.count(text).encoding == "UCS-2"
    assert sms.count(sms.fit(text)).encoding == "GSM-7"
    assert sms.fit("It’s “nine” – or ten…") == 'It\'s "nine" - or ten...'


@given(st.text())
def test_fitting_twice_is_fitting_once(text: str) -> None:
    assert sms.fit(sms.fit(text)) == sms.fit(text)
