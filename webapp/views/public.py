"""What the public pages share: the reader's language, and the community's name and address at the foot."""

from flask import render_template, request
from flask_babel import force_locale

from engine.store.community import the_community
from webapp.auth import runtime

LANGUAGES = ("en", "es")


def show(template: str, language: str | None = None, **values: object) -> str:
    """The page in a language we have: the member's where we know it, the one asked for in the address,
    the browser's, else the community's."""
    with runtime().reading() as session:
        community = the_community(session)
    wanted = (language, request.args.get("language"), request.accept_languages.best_match(LANGUAGES))
    chosen = next((each for each in (*wanted, community.language) if each in LANGUAGES), LANGUAGES[0])
    with force_locale(chosen):
        return render_template(f"web/public/{template}.html", community=community, language=chosen, **values)
