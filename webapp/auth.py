"""Who is signed in, and what they may see. Every route is closed unless it says `@public`."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from engine.actions import organizers
from engine.runtime import Runtime
from engine.store import team
from engine.store.team import Teammate
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.words import Role

View = Callable[..., Any]

_REDIS_WAITS = 0.5  # seconds
limiter = Limiter(get_remote_address)
csrf = CSRFProtect()
_login = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]
    """One signed-in browser: the cookie carries the secret of a row that can be ended."""

    def __init__(self, secret: str, teammate: Teammate) -> None:
        self.secret = secret
        self.teammate = teammate

    def get_id(self) -> str:
        return self.secret


def runtime() -> Runtime:
    rt = current_app.extensions["porchlight"]
    assert isinstance(rt, Runtime)
    return rt


def me() -> Teammate:
    """The organizer who asks. Only in views that are not public."""
    assert isinstance(current_user.teammate, Teammate)
    return current_user.teammate


def public(view: View) -> View:
    """Anybody may ask for this."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def admins_only(view: View) -> View:
    """Organizers get "not found": what one may not see is not there."""
    view.for_admins = True  # type: ignore[attr-defined]
    return view


def watch_the_door(app: Flask) -> None:
    """Signs in, guards every route, limits and protects forms."""
    _login.init_app(app)
    _login.user_loader(_signed_in)
    csrf.init_app(app)
    redis = current_redis(app)
    app.config.setdefault("RATELIMIT_STORAGE_URI", redis or "memory://")
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", redis is not None)
    if redis:
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", _impatient())
    limiter.init_app(app)
    app.before_request(_guard)


def _impatient() -> dict[str, object]:
    """Whoever signs in must not wait for a Redis that hangs."""
    from redis.backoff import NoBackoff  # takes its time: only where there is a Redis
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    return {"socket_connect_timeout": _REDIS_WAITS, "socket_timeout": _REDIS_WAITS, "retry": once}


def current_redis(app: Flask) -> str | None:
    """As flask-limiter writes it: a socket is `redis+unix://` there."""
    rt: Runtime = app.extensions["porchlight"]
    url = rt.settings.redis_url
    return url and re.sub(r"^unix://", "redis+unix://", url)


def _signed_in(secret: str) -> SignedIn | None:
    organizer_id = organizers.signed_in(runtime(), secret)
    if organizer_id is None:
        return None
    with runtime().reading() as session:
        found = team.teammate(session, organizer_id)
    return SignedIn(secret, found) if found is not None and found.active else None


def _guard() -> Response | None:
    """No endpoint (404) and static files pass; everybody else must be somebody."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "is_public", False):
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
    if getattr(view, "for_admins", False) and me().role is not Role.ADMIN:
        abort(404)
    g.organizer = me()
    return None


def open_session(organizer_id: OrganizerId) -> None:
    """A fresh session for a fresh sign-in, so that none can be fixed beforehand (T38)."""
    secret = organizers.sign_in(runtime(), organizer_id)
    found = _signed_in(secret)
    assert found is not None
    login_user(found)


def close_session() -> None:
    if current_user.is_authenticated:
        organizers.sign_out(runtime(), current_user.secret)
    logout_user()
