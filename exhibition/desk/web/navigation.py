"""The navigation as one person sees it on one page: the places that they may open, and what waits there."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for

from exhibition.accounts.web.guard import may_open
from exhibition.desk import needs
from exhibition.desk.places import EVERYWHERE, DeskPlace, Tab
from exhibition.venue.web.named_edition import desk_edition


@dataclass(frozen=True)
class ShownTab:
    label: Any
    address: str
    here: bool
    waiting: int
    """How much waits there for somebody."""


@dataclass(frozen=True)
class ShownPlace:
    key: str
    label: Any
    address: str
    here: bool
    waiting: int
    tabs: list[ShownTab]


def _waiting() -> dict[str, int]:
    """By endpoint, of the edition that the page is about; counted once for a page."""
    if "desk_needs" not in g:
        exhibition = desk_edition()
        numbers = needs.numbers(exhibition) if exhibition else {}
        g.desk_needs = {tab.endpoint: numbers.get(tab.need, 0) for tab in _tabs() if tab.need}
    return g.desk_needs


def _tabs() -> list[Tab]:
    return [tab for place in EVERYWHERE for tab in place.tabs]


def _shown(place: DeskPlace, endpoint: str) -> ShownPlace | None:
    here = place.tab_of(endpoint)
    waiting = _waiting()
    tabs = [
        ShownTab(tab.label, url_for(tab.endpoint), tab is here, waiting.get(tab.endpoint, 0))
        for tab in place.tabs
        if may_open(tab.endpoint)
    ]
    if not tabs:
        return None
    return ShownPlace(place.key, place.label, tabs[0].address, here is not None, sum(one.waiting for one in tabs), tabs)


def desk_places(belongs_to: str = "") -> list[ShownPlace]:
    """The places with at least one page that whoever looks may open; each leads to the first of them.

    ``belongs_to`` is the endpoint of the page whose tab is marked, where that is not always the same one's.
    """
    shown = (_shown(place, belongs_to or request.endpoint or "") for place in EVERYWHERE)
    return [place for place in shown if place is not None]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["desk_places"] = desk_places
