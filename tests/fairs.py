"""The fair of a test's database."""

from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition


def the_fair() -> Exhibition:
    """The edition that a test means when it names none: the one of today."""
    exhibition = choice.of_today()
    assert exhibition is not None, "the test has no edition"
    return exhibition
