"""The fair of a test's database."""

from flask import g

from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition


def forget_request() -> None:
    """Forget whom and which language the last request had: the context of a test outlives its requests."""
    for name in list(g):
        g.pop(name)


def the_fair() -> Exhibition:
    """The edition that a test means when it names none: the one of today."""
    exhibition = choice.of_today()
    assert exhibition is not None, "the test has no edition"
    return exhibition
