"""Other readers of mail, each as the scorer of the corpora wants it: bytes in, a dict out.

Trimmers get the text that we decoded, so that they are judged for trimming alone. What they raise is
counted by who calls them.
"""

import email
import email.policy
from email.message import EmailMessage

import mailparser
import quotequail
from email_reply_parser import EmailReplyParser
from flufl.bounce import all_failures
from mailparser_reply import EmailReplyParser as MailParserReply
from mailparser_reply.constants import MAIL_LANGUAGES

from inbound.parse import read_email

Said = dict[str, object]


def read_with_quotequail(raw: bytes) -> Said:
    text = read_email(raw).text
    parts = quotequail.unwrap(text)
    if parts is None:
        return {"reply": text}
    said: Said = {"reply": parts.get("text_top", "") or parts.get("text_bottom", "")}
    if parts["type"] == "forward":
        fields = {"from": parts.get("from", ""), "subject": parts.get("subject", "")}
        said |= {"reply": parts.get("text_top", ""), "forwarded": fields | {"body": parts.get("text", "")}}
    return said


def read_with_mail_parser_reply(raw: bytes) -> Said:
    reader = MailParserReply(languages=list(MAIL_LANGUAGES))
    return {"reply": reader.parse_reply(read_email(raw).text) or ""}


def read_with_email_reply_parser(raw: bytes) -> Said:
    return {"reply": EmailReplyParser.parse_reply(read_email(raw).text)}


def read_with_flufl(raw: bytes) -> Said:
    temporary, permanent = all_failures(email.message_from_bytes(raw))
    rows = [(each, "temporary") for each in temporary] + [(each, "permanent") for each in permanent]
    return {"failed": [{"address": _text(each), "class": kind} for each, kind in rows]}


def read_with_mail_parser(raw: bytes) -> Said:
    mail = mailparser.parse_from_bytes(raw)
    return {"text": "\n".join(mail.text_plain or mail.text_html), "subject": mail.subject}


def read_with_stdlib(raw: bytes) -> Said:
    mail = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    body = mail.get_body(("plain", "html"))
    return {"text": body.get_content() if body else "", "subject": str(mail["Subject"] or "")}


def _text(address: object) -> str:
    return address.decode("ascii", "replace") if isinstance(address, bytes) else str(address)
