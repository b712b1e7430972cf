"""Bytes to text, whatever the label says. Never raises."""

from typing import Final

# What the label says -> what senders mean by it (a superset, so that vendor characters are read too).
_MEANT: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "big5": "big5hkscs",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "iso-8859-8-i": "iso-8859-8",
    "utf8": "utf-8", "unicode-1-1-utf-7": "utf-7", "cp-850": "cp850",
}  # fmt: skip
# Python codecs that are no charset of mail: slow, escaping, or of this machine only.
_REFUSED: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape",
     "undefined", "charmap", "mbcs", "oem", "ansi", "dbcs"}
)  # fmt: skip


def decoded(content: bytes, label: str) -> tuple[str, bool]:
    """The text, and whether it is exact.

    1. the meaning of the label, strictly; 2. the label itself, strictly; 3. UTF-8, strictly;
    4. without a usable label, Windows-1252; 5. the label with replacement characters.
    """
    named = label.strip().strip("\"'").strip().lower()[:40]
    meant = _MEANT.get(named, named)
    for charset in (meant, named, "utf-8"):
        text = _strict(content, charset)
        if text is not None:
            return text, True
    if meant == "utf-8" or _strict(b"a", meant) is None:
        return _strict(content, "cp1252") or content.decode("latin-1"), False
    return content.decode(meant, "replace"), False


def _strict(content: bytes, charset: str) -> str | None:
    if not charset or charset in _REFUSED:
        return None
    try:
        return content.decode(charset)
    except (LookupError, ValueError):  # UnicodeError is a ValueError, and so is a NUL in the label
        return None
