"""What a person can cause and mend, as one sentence. Everything else keeps its traceback."""

import errno

from engine.settings import SettingsError
from engine.vocabulary.sentences import Said

# Exceptions whose own text is the sentence, by name: to import them all would make every command slow.
_SPEAKING = frozenset(
    {
        "AnswersError",
        "BackupError",
        "DatabaseTooNew",
        "GatewayError",
        "KeyFileError",
        "MigrationError",
        "PostofficeClosed",
        "TownError",
        "Unable",
    }
)
_FOLDER_TROUBLE = {
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EROFS: "the disk is read-only",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EEXIST: "a file of that name is in the way",
    errno.ENOSPC: "the disk is full",
    errno.ENOENT: "there is no such file or folder",
    errno.EISDIR: "it is a folder, not a file",
}


class Unable(Exception):
    """A command cannot do what was asked; the text says why and how to mend it."""


def sentence_for(problem: Exception) -> str | None:
    """None: not something a person caused."""
    kind = type(problem).__name__
    if isinstance(problem, Said | SettingsError) or kind in _SPEAKING:
        return str(problem)
    if isinstance(problem, OSError) and problem.errno in _FOLDER_TROUBLE:
        where = problem.filename or "The data folder"
        why = _FOLDER_TROUBLE[problem.errno]
        return f"{where} cannot be used: {why}. Set PORCHLIGHT_DATA to a folder of yours."
    if kind == "SealError":
        return (
            "What is sealed in this database does not open with this key file: it belongs to another "
            "community. Name the right one in PORCHLIGHT_KEY_FILE."
        )
    if kind in ("OperationalError", "DatabaseError") and hasattr(problem, "orig"):
        return f"The database cannot be used ({problem.orig}). Run `porchlight doctor` to see what is wrong."
    return None
