"""The editions that a role can be for; the package that knows them supplies the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused


@dataclass(frozen=True)
class EditionName:
    id: int
    slug: str
    name: str
    venue_name: str
    address: str


def _none() -> Sequence[EditionName]:
    return ()


_every: Callable[[], Sequence[EditionName]] = _none


def offer_editions(names: Callable[[], Sequence[EditionName]]) -> None:
    """Register the function that lists every edition."""
    global _every  # noqa: PLW0603 wired once, by the factory
    _every = names


def edition_names() -> dict[int, str]:
    """The names of all editions by their ids."""
    return {one.id: one.name for one in _every()}


def edition_texts() -> list[str]:
    """What everybody knows of the editions: their names, venues and addresses."""
    return [text for one in _every() for text in (one.slug, one.name, one.venue_name, one.address)]


def edition_id(slug: str) -> int:
    """Raises Refused ``edition_unknown`` (422)."""
    found = next((one.id for one in _every() if one.slug == slug), None)
    if found is None:
        message = _l("There is no edition %(slug)s.", slug=slug[:64])
        raise Refused("edition_unknown", message, status=422, field="exhibition_id")
    return found
