"""The dashboard for a WSGI server: `gunicorn 'webapp.wsgi:application()'`, as the Procfile does."""

import logging

from flask import Flask

from webapp.app import create_app
from webapp.cli.house import open_house


def application() -> Flask:
    """Raises what `webapp.cli.sentences` can say: a server that cannot start says why in its log."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return create_app(open_house())
