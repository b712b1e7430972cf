"""File names as people may see and save them. What the sender wrote is a hint, never an instruction."""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 80  # characters, the ending included
_ENDING: Final = 12
_NOT_IN_A_NAME: Final = re.compile(r'[<>:"/\\|?*]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def cleaned(name: str) -> str:
    """One line without controls, letters that turn the writing around, or anything a path is made of; never
    empty, hidden, or the name of a device."""
    name = name[:1_000].replace("\\", "/").rpartition("/")[2]
    seen = "".join(each if _is_seen(each) else " " for each in unicodedata.normalize("NFC", name))
    name = " ".join(_NOT_IN_A_NAME.sub("_", seen).split()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if dot and stem and len(ending) <= _ENDING:
        name = f"{stem[: _LONGEST - len(ending) - 1].rstrip(' .')}.{ending}"
    name = name[:_LONGEST]
    return f"_{name}" if _DEVICES.fullmatch(name) else name or "file"


def _is_seen(letter: str) -> bool:
    """Cc, Cf (among them the marks that turn the direction), surrogates, private and unassigned are not."""
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def saved_as(name: str, ending: str) -> str:
    """The name under which a file is saved: its ending says what its bytes are."""
    stem, dot, said = name.rpartition(".")
    if dot and stem and len(said) <= _ENDING:
        return name if said.lower() == ending else f"{stem}.{ending}"
    return f"{name}.{ending}"
