"""The dashboard over a town, as the tests of its pages have it."""

from tests.web.conftest import house, organizer, visitor

__all__ = ["house", "organizer", "visitor"]
