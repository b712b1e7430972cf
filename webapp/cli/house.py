"""Opening the house: settings, key file, database. The one place where a command may create them."""

import os

from sqlalchemy.engine import make_url

from engine.privacy.sealed import KeyRing
from engine.runtime import Runtime
from engine.settings import Settings, read_settings
from engine.store.community import Community, the_community
from engine.store.organizers import try_keys
from webapp.cli.sentences import Unable
from webapp.supervise import IN_TREE
from webapp.wiring import build_runtime

_NONE_YET = "There is no community here yet. Run `porchlight init`, or `porchlight up` for a sample town."


def open_house() -> Runtime:
    """An existing house, migrated. Raises what `webapp.cli.sentences` can say."""
    settings = read_settings()
    if is_missing(settings):
        raise Unable(_NONE_YET)
    rt = build_runtime(settings)
    if not os.environ.get(IN_TREE):  # there, the tree has done it
        _migrate(rt)
    if community_of(rt) is None:
        raise Unable(_NONE_YET)
    with rt.reading() as session:
        try_keys(session)
    return rt


def build_house() -> Runtime:
    """The house, made where it is missing: folder, key file, database, tables."""
    settings = read_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data, os.W_OK | os.X_OK):
        raise PermissionError(13, "not writable", str(settings.data))
    if is_missing(settings) and not settings.key_file.exists():
        KeyRing.fresh().save(settings.key_file)
    rt = build_runtime(settings)
    _migrate(rt)
    return rt


def require_pretending(settings: Settings) -> None:
    """Raises Unable: the people of the sample town are made up, and a real gateway would write to them."""
    if not settings.embedded:
        raise Unable(
            "The sample town is only for the pretend post office, and a real gateway is set (SMTP_URL or "
            "TWILIO_ACCOUNT_SID). Begin your own community with `porchlight init`, then `porchlight serve`."
        )


def _migrate(rt: Runtime) -> None:
    from engine.store.migrations import migrate  # alembic takes its time

    migrate(rt.database)


def is_missing(settings: Settings) -> bool:
    """Whether the embedded database is not there yet. A database elsewhere is taken to be there once
    its key file is: a key is never made anew for a database that may hold sealed values."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return not settings.key_file.exists()
    return url.database is None or not os.path.exists(url.database)


def community_of(rt: Runtime) -> Community | None:
    with rt.reading() as session:
        try:
            return the_community(session)
        except LookupError:
            return None
