"""Inbound HTML made harmless: our own short allow-list, shown in a frame that may load and run nothing."""

import nh3

# The frame has no origin, no scripts, no forms; pictures only if they lie in the page itself.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
_TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p",
    "pre", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_MOST = 512 * 1024  # characters
_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
    "<style>body{{font:16px/1.5 system-ui,sans-serif;margin:1rem;overflow-wrap:anywhere}}"
    "blockquote{{margin:0 0 0 .5rem;padding-left:.75rem;border-left:3px solid #ccc}}</style></head>"
    "<body>{body}</body></html>"
)


def clean_html(html: str) -> str:
    """A whole page: no scripts, styles, pictures, forms or remote addresses of the sender's are left."""
    body = nh3.clean(
        html[:_MOST],
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return _PAGE.format(body=body)
