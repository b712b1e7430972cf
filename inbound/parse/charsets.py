"""Bytes to text, whatever the label says. Never raises."""

import codecs
import re
from functools import lru_cache
from typing import Final

# What the label says -> what senders mean by it (a superset, so that vendor characters are read too).
# Sources: the WHATWG encoding standard, and labels seen in mail.
_MEANT: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "csgb2312": "gb18030",
    "chinese": "gb18030", "hz-gb-2312": "hz", "cp936": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601-1989": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949",
    "euc-kr": "cp949", "euc_kr": "cp949", "csksc56011987": "cp949", "korean": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "csshiftjis": "cp932", "x-euc-jp": "euc_jp", "x-euc": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "jis": "iso2022_jp_ext",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "csbig5": "big5hkscs", "cp950": "big5hkscs",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "iso88591": "cp1252",
    "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252",
    "us-ascii": "utf-8", "ascii": "utf-8", "usascii": "utf-8", "ansi_x3.4-1968": "utf-8", "646": "utf-8",
    "iso-8859-9": "cp1254", "latin5": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "iso-8859-8-i": "cp1255", "iso-8859-8-e": "cp1255", "iso-8859-8": "cp1255", "logical": "cp1255",
    "visual": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "iso-8859-6-e": "iso-8859-6",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "koi8": "koi8-r", "koi": "koi8-r", "koi8-ru": "koi8-u",
    "utf8": "utf-8", "unicode": "utf-16", "utf-16": "utf-16", "ucs-2": "utf-16",
    "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "x-utf-8": "utf-8",
}  # fmt: skip
_NUMBERED: Final = re.compile(r"(?:x-)?(?:cp|windows|win|ibm|ms)[-_ ]?(\d{3,4})")
# Python codecs, by their own names, that are no charset of mail: slow, escaping, or of this machine only.
_REFUSED: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape",
     "undefined", "charmap", "mbcs", "oem", "ansi", "dbcs"}
)  # fmt: skip
_JAPANESE: Final = (b"\x1b$B", b"\x1b$@", b"\x1b(J")  # the shifts of ISO-2022-JP, often sent without a label


def decoded(content: bytes, label: str) -> tuple[str, bool]:
    """The text, and whether it is exact.

    1. the meaning of the label, strictly; 2. the label itself, strictly; 3. UTF-8, strictly;
    4. UTF-8 with replacement characters where most of what is not ASCII is UTF-8;
    5. without a usable label, Windows-1252; 6. the label with replacement characters.
    """
    named, meant = _charsets(label)
    if meant == "utf-8" and any(shift in content for shift in _JAPANESE):
        meant = "iso2022_jp_ext"
    for charset in (meant, named, "utf-8"):
        text = _strict(content, charset)
        if text is not None:
            return text, True
    if meant in ("utf-8", "iso2022_jp_ext") or _strict(b"a", meant) is None:
        return _mostly_utf8(content) or _strict(content, "cp1252") or content.decode("latin-1"), False
    return content.decode(meant, "replace"), False


@lru_cache(maxsize=256)
def _charsets(label: str) -> tuple[str, str]:
    """The charset that a label names, and the one it means."""
    named = label.strip().strip("\"'").partition(";")[0].strip("\"' \t").lower()[:40]
    numbered = _NUMBERED.fullmatch(named)
    known = f"cp{numbered[1]}" if numbered else named
    return named, _MEANT.get(known, known) or "utf-8"


def _mostly_utf8(content: bytes) -> str:
    """A cut or a few foreign bytes do not turn a UTF-8 text into another charset; else empty."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if broken * 2 < beyond_ascii else ""


@lru_cache(maxsize=256)
def _is_usable(charset: str) -> bool:
    """Whether Python reads it as a charset of mail, by whatever spelling."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):  # a NUL in the label is a ValueError
        return False
    return name not in _REFUSED


def _strict(content: bytes, charset: str) -> str | None:
    if not _is_usable(charset):
        return None
    try:
        return content.decode(charset)
    except (LookupError, ValueError):  # UnicodeError is a ValueError; a codec of bytes is a LookupError
        return None
