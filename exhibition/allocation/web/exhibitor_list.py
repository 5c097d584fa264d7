"""The list of exhibitors with their booths, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from exhibition.accounts.web.guard import rights
from exhibition.allocation import service
from exhibition.allocation.arranging import readiness
from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.rules import BoothState
from exhibition.allocation.texts import BOOTH_STATES
from exhibition.core.files import spreadsheets
from exhibition.core.i18n import lazy as _l
from exhibition.core.web import list_files
from exhibition.core.web.lists import Chip, ListColumn, ListDescription, ListView, list_view, state_column
from exhibition.core.web.sorting import Sorting, sorting
from exhibition.exhibitors import service as exhibitors_service
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.exhibitors.texts import KINDS
from exhibition.venue.models import Exhibition

FILTERS = ("q", "kind", "state", "order")
NO_BOOTH = "none"
TONES = {BoothState.HELD: "warn", BoothState.OFFERED: "accent"}
LISTED = (BoothState.HELD, BoothState.OFFERED, BoothState.ALLOCATED)


@dataclass(frozen=True)
class ListedExhibitor:
    """An exhibitor of the edition with the booth, if there is one."""

    exhibitor: Exhibitor
    booth: PlannedBooth | None
    lacking: Sequence[str] = ()
    """What is still missing for the fair (``arranging.readiness``)."""


def _booth_state(line: ListedExhibitor) -> list[Chip]:
    if line.booth is None or line.booth.state not in TONES:
        return []
    return [Chip(BOOTH_STATES[line.booth.state], TONES[line.booth.state])]


def _readiness(line: ListedExhibitor) -> list[Chip]:
    """Of those whose booth is confirmed; before that nothing is expected of them."""
    if line.booth is None or line.booth.state != BoothState.ALLOCATED:
        return []
    return [Chip(name, "warn") for name in line.lacking] or [Chip(_l("Ready"), "good")]


def _own(key: str, heading: Any, **more: Any) -> ListColumn[ListedExhibitor]:
    return ListColumn(key, heading, lambda line: getattr(line.exhibitor, key), order=key, **more)


EXHIBITORS = ListDescription[ListedExhibitor](
    "exhibitors",
    (
        _own(
            "name",
            _l("Name"),
            link=lambda line: url_for("exhibitors.edit", slug=line.exhibitor.slug),
            chips=lambda line: [Chip(_l("Sample"))] if line.exhibitor.sample else [],
            names=True,
        ),
        ListColumn(
            "booth",
            _l("Booth"),
            lambda line: line.booth.code if line.booth else "",
            order="booth",
            link=lambda line: url_for("allocation.plan", booth=line.booth.code) if line.booth else "",
            chips=_booth_state,
        ),
        state_column("lacking", _l("Still lacking"), _readiness, order="lacking"),
        ListColumn("kind", _l("Kind"), lambda line: str(KINDS[line.exhibitor.kind]), order="kind"),
        _own("product_group", _l("Product group")),
        _own("district", _l("District")),
        ListColumn(
            "cluster",
            _l("Cluster"),
            lambda line: line.exhibitor.cluster.name if line.exhibitor.cluster else "",
            order="cluster",
        ),
        ListColumn(
            "state",
            _l("State"),
            lambda line: str(BOOTH_STATES[line.booth.state]) if line.booth else "",
            order="state",
            at_first=False,
        ),
    ),
)
ORDERS = {column.order: column for column in EXHIBITORS.columns}


def register(blueprint: Blueprint) -> None:
    """Add the list to the blueprint of the allocation."""
    blueprint.add_url_rule("/desk/exhibitors", endpoint="exhibitors", view_func=show)
    blueprint.add_url_rule("/desk/exhibitors.csv", endpoint="exhibitors_csv", view_func=csv)
    blueprint.add_url_rule("/desk/exhibitors.xlsx", endpoint="exhibitors_xlsx", view_func=xlsx)


def _asked() -> tuple[str, ExhibitorKind | None, str]:
    kind = request.args.get("kind", "")
    return (
        request.args.get("q", "")[:80],
        ExhibitorKind(kind) if kind in list(ExhibitorKind) else None,
        request.args.get("state", ""),
    )


def _order() -> Sorting:
    return sorting(request.args.get("order", ""), ORDERS, "name")


def _lines(exhibition: Exhibition) -> list[ListedExhibitor]:
    query, kind, state = _asked()
    places, order = service.places(exhibition), _order()
    missing, all_of_it = readiness.missing(exhibition), readiness.names()
    found = [
        ListedExhibitor(one, places.get(one.id), missing.get(one.id, all_of_it))
        for one in exhibitors_service.search(exhibition, query, kind)
    ]
    if state:
        found = [line for line in found if (line.booth.state if line.booth else NO_BOOTH) == state]
    value = ORDERS[order.column].value
    return sorted(found, key=lambda line: str(value(line)).casefold(), reverse=order.backwards)


def _view() -> ListView[ListedExhibitor]:
    asked = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return list_view(EXHIBITORS, "allocation.exhibitors", asked, _order())


def show(exhibition: Exhibition) -> str:
    """``?q=`` searches, ``?kind=`` and ``?state=`` filter, ``?order=`` sorts."""
    query, kind, state = _asked()
    others = exhibitors_service.search(exhibition, query, kind, others=True) if rights().administers else []
    return render_template(
        "allocation/exhibitors.html",
        lines=_lines(exhibition),
        view=_view(),
        others=others,
        query=query,
        kind=kind,
        state=state,
        kinds=KINDS,
        states={state: BOOTH_STATES[state] for state in LISTED},
    )


def _table(exhibition: Exhibition) -> spreadsheets.Table:
    return _view().table(_("Exhibitors"), _lines(exhibition), exhibition.timezone)


def csv(exhibition: Exhibition) -> Response:
    return list_files.list_file("csv", _table(exhibition), f"{exhibition.slug}-exhibitors")


def xlsx(exhibition: Exhibition) -> Response:
    return list_files.list_file("xlsx", _table(exhibition), f"{exhibition.slug}-exhibitors")
