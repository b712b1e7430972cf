"""Files that came with messages, as pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.store import attachments
from engine.store.attachments import Shown
from engine.vocabulary.ids import AttachmentId, MessageId
from engine.vocabulary.words import AttachmentState
from inbound.attachments.kinds import ENDINGS
from inbound.attachments.names import saved_as

_FAMILIES = {
    "application/pdf": "pdf", "application/x-word": "document", "application/rtf": "document",
    "application/x-opendocument": "document", "application/x-ole-storage": "old_office",
    "application/x-spreadsheet": "spreadsheet", "application/x-slides": "slides",
    "application/zip": "archive", "application/gzip": "archive", "application/x-7z-compressed": "archive",
    "application/vnd.rar": "archive", "text/vcard": "contact", "text/calendar": "calendar",
    "message/rfc822": "email", "text/plain": "text", "text/html": "page", "image/svg+xml": "page",
    "text/xml": "page", "application/x-program": "program",
}  # fmt: skip
_SAME = ({"jpg", "jpeg"}, {"tif", "tiff"}, {"mp4", "m4v"}, {"txt", "csv", "md", "log"}, {"odt", "ods", "odp"})


@dataclass(frozen=True)
class Listed:
    """One file of a message. `family` is told from the bytes."""

    id: AttachmentId
    name: str
    state: AttachmentState
    family: str
    size: int  # bytes
    picture: bool  # made anew by us: it may be shown
    misnamed: bool  # its name says it is something else
    uncleaned: bool  # a picture or film as it came, with all that its camera wrote into it


def files_of(session: Session, message_ids: Iterable[MessageId]) -> dict[MessageId, list[Listed]]:
    found = attachments.of_messages(session, message_ids)
    return {message_id: [_listed(each) for each in files] for message_id, files in found.items()}


def saved_name(file: Shown) -> str:
    """Its ending tells what the bytes are; a page or a program gets one that nothing opens as such."""
    ending, stated = ENDINGS.get(file.kind, "bin"), file.name.rpartition(".")[2].lower()
    return file.name if _same(stated, ending) else saved_as(file.name, ending)


def _same(stated: str, ending: str) -> bool:
    return any({stated, ending} <= each for each in _SAME)


def _listed(file: Shown) -> Listed:
    camera = file.kind.startswith(("image/", "video/")) and file.kind != "image/svg+xml"
    return Listed(
        id=file.id,
        name=file.name,
        state=file.state,
        family=_FAMILIES.get(file.kind, file.kind.partition("/")[0] if file.kind else ""),
        size=file.size,
        picture=file.remade,
        misnamed=not file.remade and "." in file.name and saved_name(file) != file.name and bool(file.kind),
        uncleaned=camera and not file.remade and file.state is AttachmentState.KEPT,
    )
