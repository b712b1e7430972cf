"""One megabyte of malice each: the inputs that hang or kill other readers (inbound spec, section 5)."""

SIZE = 1_000_000


def mega(piece: str) -> str:
    return (piece * (SIZE // len(piece) + 1))[:SIZE]


TEXTS = {
    "attributions that never end": mega("On Mon, Nov 23, 2026 at 10:00 AM, A B <a@b>\n"),
    "attributions with nothing between": mega("On Mon at 9:41 <a@b.c> wrote:\n"),
    "one line of On": mega("On "),
    "near misses on one line": mega("on x at y "),
    "newlines": mega("\n"),
    "spaces": mega(" "),
    "dashes": mega("-"),
    "From lines": mega("From: a@b\n"),
    "rules": mega("________\n"),
    "angle brackets": mega("<a> "),
    "a long thread": mega("Hi\n\nOn Mon, Nov 23, 2026 at 10:00 AM, A <a@b.org> wrote:\n> x\n"),
    "quote marks": mega(">"),
    "phone signatures": mega("Sent from my iPhone\n"),
    "signature marks": mega("-- \nx\n"),
    "closings": mega("Regards,\n"),
    "digits": mega("12 \n"),
    "open addresses": mega("On 1 <a@b\n>\n"),
    "ever deeper": "\n".join(">" * depth + "x" for depth in range(1400)),
}
PAGES = {
    "deep div": mega("<div>"),
    "deep blockquote": mega("<blockquote>"),
    "br": mega("<br>"),
    "attributes": "<a " + mega("x=1 "),
    "open comments": mega("<!--"),
    "less-than": mega("<"),
    "open tags": mega("<a "),
    "open quotes": mega('<a x="'),
    "mixed quotes": mega("<a x='><a x=\">"),
    "entities": mega("&amp;&#"),
    "styles": mega("<style>"),
    "pre": "<pre>" + mega("\nx"),
}
MAILS = {
    "nested multiparts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(20_000)
    ),
    "nested rfc822": b"Content-Type: message/rfc822\n\n" * 20_000,
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 120_000,
    "boundary of dashes": b"Content-Type: multipart/mixed; boundary=-\n\n" + b"-" * SIZE,
    "encoded words": b"Subject: " + b"=?utf-8?b?YQ==?= " * 48_000 + b"\n\nx",
    "half encoded words": b"Subject: " + b"=?" * 500_000 + b"\n\nx",
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 160_000 + b"\n\nx",
    "split parameters": b"Content-Type: text/plain" + b"; a*1=b" * 120_000 + b"\n\nx",
    "parts with parameters": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + (b"--b\nContent-Type: text/plain" + b'; a="b\\""' * 500 + b"\n\nx\n") * 190,
    "quotes in From": b"From: " + b'"' * SIZE + b"\n\nx",
    "comments in From": b"From: " + b"(" * SIZE + b"\n\nx",
    "colons in From": b"From: " + b":" * SIZE + b"\n\nx",
    "a folded header": b"Subject: a\n" + b" b\n" * 330_000 + b"\n\nx",
    "addresses": b"To: " + b"a@b.org, " * 110_000 + b"\n\nx",
    "headers": b"X: y\n" * 200_000 + b"\n\nx",
    "NUL": b"\0" * SIZE,
    "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 330_000,
    "punycode": b"Content-Type: text/plain; charset=punycode\n\n" + b"a-b" * 330_000,
    "uuencode": b"Content-Transfer-Encoding: x-uuencode\n\n" + b"#86)C\n" * 160_000,
}


def as_mails() -> dict[str, bytes]:
    """Every input as a whole mail."""
    head = b"From: Ana <ana@riverbend.example>\nSubject: Re: hello\nContent-Type: text/%s; charset=utf-8\n\n"
    texts = {f"text: {name}": head % b"plain" + text.encode() for name, text in TEXTS.items()}
    pages = {f"page: {name}": head % b"html" + page.encode() for name, page in PAGES.items()}
    return texts | pages | {f"mail: {name}": mail for name, mail in MAILS.items()}
