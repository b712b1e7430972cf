"""The dashboard and the public pages as one Flask application over a Runtime."""

import logging
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlsplit

import flask_babel
from flask import Blueprint, Flask, g, render_template, request
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from engine.runtime import Runtime
from engine.store import alerts, holds
from engine.store.community import the_community
from engine.vocabulary.words import Role
from webapp import presenting
from webapp.auth import csrf, limiter, watch_the_door
from webapp.i18n import TRANSLATIONS, ensure_compiled
from webapp.speech import _

log = logging.getLogger("porchlight")
LANGUAGES = ("en", "es")
_MOST_BYTES = 30 * 1024 * 1024  # of one request: an upload of members, a mail with its attachments

# Each is a module of webapp.views with a `blueprint`; a new page is a file there and a line here.
PAGES = (
    "today", "replies", "conversation", "meanings", "attachments", "mail", "people", "people_csv", "walks",
    "sequences", "letters", "settings", "team", "health", "stuck", "sending", "sign_in",
    "alerts", "pauses", "on_call",
)  # fmt: skip
PUBLIC_PAGES = ("sign_up", "unsubscribe")
WEBHOOKS = "hooks"  # only where something real is configured
POST_OFFICE = "postoffice"  # only where no real gateway is configured

# No scripts, styles, frames or images from elsewhere, and none inline.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(rt: Runtime) -> Flask:
    """Raises nothing for an empty database: pages ask for the community when they are opened."""
    app = Flask(__name__, template_folder=str(rt.settings.templates), static_folder="static")
    app.extensions["porchlight"] = rt
    app.config.update(_config(rt))
    _speak(app)
    watch_the_door(app)
    for name in _pages(rt):
        app.register_blueprint(import_module(f"webapp.views.{name}").blueprint)
    for endpoint in ("unsubscribe.unsubscribe", "unsubscribe.undo"):
        csrf.exempt(app.view_functions[endpoint])  # the link is the permission (RFC 8058)
    if isinstance(hooks := app.blueprints.get(WEBHOOKS), Blueprint):
        csrf.exempt(hooks)  # signed, or bearing our secret
        limiter.exempt(hooks)
    _behind_proxies(app, rt.settings.trusted_proxies)
    presenting.equip(app)
    app.context_processor(_context)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _problem)
    app.register_error_handler(SecurityError, _wrong_host)
    app.register_error_handler(OperationalError, _no_database)
    return app


def _pages(rt: Runtime) -> tuple[str, ...]:
    pretend = (POST_OFFICE,) if rt.settings.embedded else ()
    settings = rt.settings
    real = (WEBHOOKS,) if settings.twilio or settings.mail_hook_secret or settings.mail_forms.any else ()
    return PAGES + PUBLIC_PAGES + pretend + real


def _behind_proxies(app: Flask, count: int) -> None:
    """Believes what so many trusted proxies say of the visitor's address and of https; else nobody."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def _config(rt: Runtime) -> dict[str, object]:
    url = urlsplit(rt.settings.public_url)
    return {
        "SECRET_KEY": rt.keys.derive("flask", rt.keys.current).hex(),
        "MAX_CONTENT_LENGTH": _MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "TRUSTED_HOSTS": sorted({url.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"}),
        "SESSION_COOKIE_NAME": "porchlight",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": url.scheme == "https",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_TRANSLATION_DIRECTORIES": str(TRANSLATIONS),
    }


def _speak(app: Flask) -> None:
    ensure_compiled()
    flask_babel.Babel(app, locale_selector=_language, timezone_selector=_zone)


def _language() -> str:
    if getattr(g, "language", None) in LANGUAGES:  # a public page, in its member's language
        return str(g.language)
    if current_user and current_user.is_authenticated:
        return str(current_user.teammate.language)
    return request.accept_languages.best_match(LANGUAGES, "en")


def _zone() -> str | None:
    return str(current_user.teammate.zone) if current_user and current_user.is_authenticated else None


def _context() -> dict[str, object]:
    """What every page knows."""
    rt: Runtime = presenting.runtime()
    with rt.reading() as session:
        try:
            community = the_community(session)
        except LookupError:
            community = None
        held = holds.standing(session)
        waiting = alerts.count_waiting(session)
    signed_in = bool(current_user and current_user.is_authenticated)
    return {
        "community": community,
        "holds": held,
        "alerts_waiting": waiting,
        "me": current_user.teammate if signed_in else None,
        "admin": signed_in and current_user.teammate.role is Role.ADMIN,
        "embedded": rt.settings.embedded,
        "language": str(flask_babel.get_locale()),
    }


def _headers(response: Response) -> Response:
    """A view with a stricter policy of its own keeps it."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _problem(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    return render_template("web/problem.html", code=code), code


def _no_database(problem: OperationalError) -> tuple[str, int, dict[str, str]]:
    """Plain: a page would ask the database who is reading it."""
    log.error("The database could not be used: %s", type(problem.orig).__name__)
    said = _("The database is busy or away. Nothing was changed: try again in a minute.")
    return f"{said}\n", 503, {"Content-Type": "text/plain; charset=utf-8", "Retry-After": "60"}


def _wrong_host(_error: SecurityError) -> tuple[str, int]:
    """A request for a host that is not ours: there is no address to build a page's links on."""
    return "This address is not answered here.\n", 400
