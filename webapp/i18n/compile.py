"""`python -m webapp.i18n.compile`: what set-up calls, so that an installed copy need not write."""

from webapp.i18n import ensure_compiled

if __name__ == "__main__":
    ensure_compiled()
