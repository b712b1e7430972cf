"""mail-parser as a second opinion, in the child process only: it raises, and it can be slow."""

import logging
from typing import Any

from inbound.parse.limits import as_lines
from inbound.parse.webpage import as_text


def second_opinion(raw: bytes) -> dict[str, Any]:
    """`text`: the words mail-parser finds, or nothing. Every failure of it is nothing."""
    try:
        import mailparser  # slow to load, seldom needed

        logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)  # it writes words of the mail
        mail = mailparser.parse_from_bytes(raw)
        plain, pages = mail.text_plain, mail.text_html
        text = "\n".join(str(one) for one in plain) or as_text("\n".join(str(one) for one in pages))
    except Exception:  # AttributeError, RecursionError and its own; none of them matter here
        return {"text": ""}
    return {"text": as_lines(text).strip("\n")}
