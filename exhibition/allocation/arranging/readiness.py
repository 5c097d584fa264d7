"""What exhibitors have ready for the fair. The packages that know of it (shops, badges) add their check here."""

from collections.abc import Callable, Collection

from flask_babel.speaklater import LazyString

from exhibition.venue.models import Exhibition

Check = Callable[[Exhibition], Collection[int]]
"""Gives the ids of the exhibitors who have it."""

checks: list[tuple[LazyString, Check]] = []
"""The checks with the name of what they look for, in the order in which they are shown."""


def missing(exhibition: Exhibition) -> dict[int, list[str]]:
    """The names of what is missing, by the exhibitor's id, for everybody who has something already."""
    found = [(str(name), set(check(exhibition))) for name, check in checks]
    known = {exhibitor_id for _name, ids in found for exhibitor_id in ids}
    return {one: [name for name, ids in found if one not in ids] for one in known}


def names() -> list[str]:
    return [str(name) for name, _check in checks]
