"""Ten thousand ways to type a wish to stop, none missed; two thousand ordinary replies, hardly any stopped.

Deterministic: the same seed makes the same forms. What a form is made of stands below; what is ordinary
is the training replies without a wish to stop, with the town's own names, endings and typing.
"""

import random
from collections.abc import Callable

from engine.vocabulary.meanings import Stop
from inbound.understand import understand
from inbound.understand.training.replies import shipped

FORMS, ORDINARY = 10_000, 2_000
WORDS = (
    "stop", "STOP", "unsubscribe", "cancel", "end", "quit", "revoke", "opt out", "optout", "stop all",
    "remove me",
    "take me off your list", "please stop texting me", "stop texting me", "no more texts", "do not text me",
    "unsubscribe me", "i want to unsubscribe", "leave me alone", "lose my number", "opt me out",
    "alto", "baja", "parar", "darme de baja", "quiero darme de baja", "no me escriban",
    "no me manden mas mensajes",
    "ya no quiero recibir mensajes", "dejen de escribirme", "borren mi numero", "cancelar",
    "arret", "desabonner", "stopp", "abmelden", "sair", "wrong number", "numero equivocado",
)  # fmt: skip
_LIKE = {
    "o": "0оο", "e": "3еε", "a": "4аα@", "i": "1іι", "s": "5ѕ$", "t": "тτ", "c": "с", "p": "рρ", "n": "ո",
}  # fmt: skip
_MARKS = [('"', '"'), ("“", "”"), ("'", "'"), ("«", "»"), ("(", ")"), ("¡", "!"), ("**", "**")]
_COURTEOUS = [
    "please {}", "{} please", "{} thanks", "hi {}", "{} thank you", "{} por favor", "{}, gracias",
]  # fmt: skip
_ACCENTED = {"a": "áàä", "e": "éèë", "i": "íï", "o": "óöò", "u": "úü", "n": "ñ"}

Change = Callable[[str, random.Random], str]


def upper(text: str, chance: random.Random) -> str:
    return text.upper() if chance.random() < 0.6 else text.title()


def mixed(text: str, chance: random.Random) -> str:
    return "".join(sign.upper() if chance.random() < 0.5 else sign for sign in text)


def spaced(text: str, chance: random.Random) -> str:
    between = chance.choice([" ", ".", "-", "_", "*", " . ", "\u200b", "\u00ad"])
    return text if " " in text or len(text) < 3 else between.join(text)


def stretched(text: str, chance: random.Random) -> str:
    places = [place for place, sign in enumerate(text) if sign.isalpha()]
    place = chance.choice(places)
    return text[:place] + text[place] * chance.randint(3, 7) + text[place + 1 :]


def disguised(text: str, chance: random.Random) -> str:
    inside = [p for p in range(1, len(text) - 1) if text[p - 1].isalpha() and text[p + 1].isalpha()]
    places = [p for p in inside if text[p].lower() in _LIKE]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + chance.choice(_LIKE[text[place].lower()]) + text[place + 1 :]


def accented(text: str, chance: random.Random) -> str:
    turned = {sign: chance.choice(_ACCENTED[sign]) for sign in _ACCENTED if chance.random() < 0.4}
    return "".join(turned.get(sign, sign) for sign in text)


def wide(text: str, chance: random.Random) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" < sign <= "~" else sign for sign in text)


def invisible(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(["\u200b", "\u200d", "\ufeff", "\u2060"]) + text[place:]


def quoted(text: str, chance: random.Random) -> str:
    left, right = chance.choice(_MARKS)
    return left + text + right


def ended(text: str, chance: random.Random) -> str:
    return text + chance.choice(["!", "!!!", ".", "...", " 🛑", " 😡", " 🙏", " :(", "\n", " ?!"])


def calmly_ended(text: str, chance: random.Random) -> str:
    return text + chance.choice(["!", "!!", ".", "...", " 🙏", " 😂", " ❤️", "\n", " :)"])


def courteous(text: str, chance: random.Random) -> str:
    return chance.choice(_COURTEOUS).format(text)


def again(text: str, chance: random.Random) -> str:
    return text if " " in text else " ".join([text] * chance.randint(2, 4))


def signed(text: str, chance: random.Random) -> str:
    return text + "\n\n" + chance.choice(["Ana Ruiz", "Sent from my iPhone", "- Bob", "J. Okoye"])


CHANGES: tuple[Change, ...] = (
    upper, mixed, stretched, accented, invisible, quoted, ended, courteous, again, spaced, disguised, wide,
)  # fmt: skip


def forms() -> list[str]:
    chance = random.Random(20261124)  # noqa: S311
    found: list[str] = []
    while len(found) < FORMS:
        text = chance.choice(WORDS)
        for change in chance.sample(CHANGES, chance.randint(1, 2)):
            text = change(text, chance)
        found.append(text)
    return found


def test_none_of_ten_thousand_forms_is_missed() -> None:
    missed = [form for form in forms() if understand(form).stop is None]
    assert missed == []


def test_a_bare_word_is_certain_however_it_is_typed() -> None:
    chance = random.Random(7)  # noqa: S311
    changes = (upper, mixed, stretched, invisible, quoted, spaced)
    typed = [chance.choice(changes)("stop", chance) for _ in range(500)]
    assert [form for form in typed if understand(form).stop is not Stop.CERTAIN] == []


def ordinary() -> list[str]:
    """Replies that ask for no stop, each in several forms."""
    chance = random.Random(11)  # noqa: S311
    plain = [reply.text for reply in shipped() if not reply.labels & {"opt_out", "spam", "anger"}]
    calm = [text for text in plain if text]
    found: list[str] = []
    while len(found) < ORDINARY:
        found.append(chance.choice((upper, calmly_ended, signed))(chance.choice(calm), chance))
    return found


def test_of_two_thousand_ordinary_replies_hardly_one_is_taken_for_a_certain_stop() -> None:
    """Certain and likely stops; an unclear one only waits for a person (benchmarks/intents.py)."""
    stopped = [text for text in ordinary() if understand(text).stop in (Stop.CERTAIN, Stop.LIKELY)]
    assert len(stopped) <= ORDINARY // 100, stopped
