"""Files of inbound texts, fetched from Twilio and from nowhere else, whatever an address says."""

import re
from dataclasses import dataclass, field
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import requests

_THEIRS: Final = "api.twilio.com"
# Where Twilio's API leads on to. https://www.twilio.com/docs/messaging/api/media-resource
_STORES: Final = frozenset({"media.twiliocdn.com", "mms.twiliocdn.com"})
_SHARED_STORE: Final = ("s3-external-1.amazonaws.com", "/media.twiliocdn.com/")  # only below this path
_PATH: Final = re.compile(
    r"/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages/(?:SM|MM)[0-9a-fA-F]{32}/Media/ME[0-9a-fA-F]{32}"
)
_MOST_HOPS: Final = 3
_CHUNK: Final = 64 * 1024


class MediaError(Exception):
    """A file was not fetched; the text says why, without its address."""


class MediaAway(MediaError):
    """Perhaps another time."""


class MediaGone(MediaError):
    """Never: it is not there, or not where Twilio keeps files."""


class MediaTooLarge(MediaError):
    """Larger than we take."""


@dataclass(frozen=True)
class Media:
    """Whose files, by which API, and how many bytes one may have. `within`: seconds for all of one file,
    `answer_within` for each of its pieces."""

    account: str
    token: str = field(repr=False)
    api: str
    most_bytes: int
    within: float = 60.0
    answer_within: float = 15.0


def fetch(media: Media, address: str) -> bytes:
    """The bytes of one file. Raises MediaAway, MediaGone, MediaTooLarge.

    1. The address must name a file of our own account. Not its host is asked, but the API of the settings.
    2. A redirect is followed only to where Twilio keeps files, by https; our password is never taken there.
    3. No answer is unpacked, and reading ends at the cap and at the time limit.
    """
    url, until = _ours(media, address), monotonic() + media.within
    with requests.Session() as session:
        session.trust_env = False  # no .netrc, no proxy of the environment
        for _ in range(_MOST_HOPS):
            try:
                answer = _asked(session, media, url)
                with answer:
                    if answer.status_code not in (301, 302, 303, 307, 308):
                        return _content(media, answer, until)
                    url = _allowed(media, urljoin(url, answer.headers.get("Location", "")))
            except requests.RequestException as problem:
                raise MediaAway(type(problem).__name__) from None
    raise MediaGone("It leads on and on.")


def _ours(media: Media, address: str) -> str:
    parts = _split(address)
    found = _PATH.fullmatch(parts.path)
    if (
        found is None
        or found[1] != media.account
        or parts.hostname not in (_THEIRS, _split(media.api).hostname)
    ):
        raise MediaGone("Its address is not one of Twilio's files of this account.")
    return media.api + parts.path


def _allowed(media: Media, url: str) -> str:
    parts = _split(url)
    if url.startswith(f"{media.api}/"):
        return url
    host, bare = parts.hostname, parts.netloc == parts.hostname  # no port, no user
    known = host in _STORES or (host == _SHARED_STORE[0] and parts.path.startswith(_SHARED_STORE[1]))
    if parts.scheme != "https" or not bare or not known or ".." in unquote(parts.path):
        raise MediaGone("It leads to where Twilio keeps no files.")
    return url


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise MediaGone("Its address is none.") from None


def _asked(session: requests.Session, media: Media, url: str) -> requests.Response:
    ours = url.startswith(f"{media.api}/")
    return session.get(
        url,
        auth=(media.account, media.token) if ours else None,
        headers={"Accept-Encoding": "identity"},
        timeout=media.answer_within,
        allow_redirects=False,
        stream=True,
    )


def _content(media: Media, answer: requests.Response, until: float) -> bytes:
    if answer.status_code in (404, 410):
        raise MediaGone(f"Twilio answered {answer.status_code}.")
    if answer.status_code != 200:
        raise MediaAway(f"Twilio answered {answer.status_code}.")
    found = bytearray()
    while chunk := _read(answer):
        found += chunk
        if len(found) > media.most_bytes:
            raise MediaTooLarge(f"It has more than {media.most_bytes} bytes.")
        if monotonic() > until:
            raise MediaAway("It took too long.")
    promised = answer.headers.get("Content-Length", "")
    if promised.isdecimal() and int(promised) != len(found):
        raise MediaAway("It broke off.")
    return bytes(found)


def _read(answer: requests.Response) -> bytes:
    try:
        piece: bytes = answer.raw.read1(_CHUNK, decode_content=False)
    except Exception as problem:  # urllib3's own errors, which requests does not translate here
        raise MediaAway(type(problem).__name__) from None
    return piece
