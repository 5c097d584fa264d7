"""The exhibitors' results of the fair, summed up by day, cluster, district and zone, and on the plan. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from flask_babel import gettext as _

from exhibition.allocation import service as allocation
from exhibition.allocation.arranging import colours
from exhibition.allocation.arranging.colours import Colouring
from exhibition.allocation.planned import PlannedBooth
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import clusters
from exhibition.storefront.catalogue import booths
from exhibition.storefront.visits import statistics
from exhibition.storefront.visits.statistics import Figures, Period
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.service import Hall

WARMTHS = 3
"""Into how many bands the booths with clicks are divided."""


@dataclass(frozen=True)
class ExhibitorLine:
    """One exhibitor with a booth."""

    exhibitor: Exhibitor
    code: str
    zone: str
    cluster: str
    products: int
    figures: Figures


@dataclass(frozen=True)
class ExhibitorGroup:
    """The exhibitors of one cluster, district or zone; ``name`` is empty for those without one."""

    name: str
    exhibitors: int
    figures: Figures
    middle: float
    """The median of their clicks."""
    orders: int = 0
    """How often visitors went on to the contact, for clusters."""


@dataclass(frozen=True)
class FairOverview:
    period: Period
    totals: Figures
    orders: int
    """How often visitors went on to a cluster's contact."""
    days: list[tuple[date, Figures]]
    hall: Hall
    booths: list[PlannedBooth]
    warmth: Colouring
    """The booths by the clicks of their exhibitors."""
    lines: list[ExhibitorLine]
    clusters: list[ExhibitorGroup]
    districts: list[ExhibitorGroup]
    zones: list[ExhibitorGroup]


def overview(exhibition: Exhibition, during: Period) -> FairOverview:
    """All exhibitors' figures in the period, the most clicks first; the number of queries is fixed."""
    everybody = statistics.totals(during)
    hall = venue.hall(exhibition)
    names = {cluster.id: cluster.name for cluster in exhibitors.clusters()}
    lines = [
        ExhibitorLine(
            exhibitor=stand.exhibitor,
            code=stand.code,
            zone=stand.booth.zone if stand.booth else "",
            cluster=names.get(stand.exhibitor.cluster_id or 0, ""),
            products=len(stand.listings),
            figures=everybody.get(stand.exhibitor.id, Figures()),
        )
        for stand in booths.open_stands(exhibition, hall)
        if stand.exhibitor
    ]
    lines.sort(key=lambda line: (-line.figures.clicks, -line.figures.views, line.exhibitor.name))
    orders = {names[id_]: count for id_, count in clusters.orders(during).items() if id_ in names}
    planned = allocation.plan(exhibition, hall)
    clicks = {line.exhibitor.id: int(line.figures.clicks) for line in lines}
    return FairOverview(
        period=during,
        totals=statistics.sum_of(line.figures for line in lines),
        orders=sum(orders.values()),
        days=statistics.days(during, clicks.keys()),
        hall=hall,
        booths=planned,
        warmth=_warmth(allocation.exhibitors_of(planned), clicks),
        lines=lines,
        clusters=_parts(lines, [line.cluster for line in lines], orders),
        districts=_parts(lines, [line.exhibitor.district for line in lines]),
        zones=_parts(lines, [line.zone for line in lines]),
    )


def _warmth(people: Collection[int], clicks: dict[int, int]) -> Colouring:
    """Nobody clicked, or one of the bands of equal width up to the most clicks."""
    width = max(1, -(-max(clicks.values(), default=0) // WARMTHS))
    levels = {id_: -(-count // width) for id_, count in clicks.items()}
    labels = [_("no clicks")]
    labels += [_("%(low)s to %(high)s clicks", low=n * width + 1, high=(n + 1) * width) for n in range(WARMTHS)]
    own = {id_: _("%(clicks)s clicks", clicks=count) for id_, count in clicks.items()}
    return colours.ordered(people, levels, labels, own, "w")


def _parts(
    lines: Sequence[ExhibitorLine], names: Sequence[str], orders: dict[str, int] | None = None
) -> list[ExhibitorGroup]:
    """The lines grouped by name, the most clicks first and those without a name last."""
    found: dict[str, list[Figures]] = defaultdict(list)
    for line, name in zip(lines, names, strict=True):
        found[name].append(line.figures)
    parts = [
        ExhibitorGroup(
            name,
            len(figures),
            statistics.sum_of(figures),
            median(one.clicks for one in figures),
            (orders or {}).get(name, 0),
        )
        for name, figures in found.items()
    ]
    return sorted(parts, key=lambda part: (not part.name, -part.figures.clicks, part.name))
