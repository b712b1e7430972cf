"""mail-parser as a second opinion: asked only when we found no words in a small mail, and never trusted."""

import logging

from inbound.parse import limits
from inbound.parse.webpage import as_text


def second_opinion(raw: bytes) -> str:
    """The words mail-parser finds, or nothing. Every failure of it is nothing."""
    if not raw.strip() or len(raw) > limits.SECOND_OPINION_BYTES or raw.count(b"=?") > limits.PARTS:
        return ""
    if raw.count(b"\n--") > limits.PARTS or raw.lower().count(b"content-type") > limits.DEPTH:
        return ""
    try:
        import mailparser  # slow to load, seldom needed

        logging.getLogger("mailparser").setLevel(
            logging.CRITICAL + 1
        )  # it writes words of the mail to the log
        mail = mailparser.parse_from_bytes(raw)
        plain, pages = mail.text_plain, mail.text_html
        text = "\n".join(str(one) for one in plain) or as_text("\n".join(str(one) for one in pages))
    except Exception:  # it raises AttributeError, RecursionError and its own; none of them matter here
        return ""
    return limits.shortened(text.replace("\r\n", "\n"))[0].strip("\n")
