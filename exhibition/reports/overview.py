"""The exhibitors' results of the fair, summed up by cluster, district and zone. Reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import clusters
from exhibition.storefront.catalogue import booths
from exhibition.storefront.visits import statistics
from exhibition.storefront.visits.statistics import Figures, Period
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition


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
    lines: list[ExhibitorLine]
    clusters: list[ExhibitorGroup]
    districts: list[ExhibitorGroup]
    zones: list[ExhibitorGroup]


def overview(exhibition: Exhibition, during: Period) -> FairOverview:
    """All exhibitors' figures in the period, the most clicks first; the number of queries is fixed."""
    everybody = statistics.totals(during)
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
        for stand in booths.open_stands(exhibition, venue.hall(exhibition))
        if stand.exhibitor
    ]
    lines.sort(key=lambda line: (-line.figures.clicks, -line.figures.views, line.exhibitor.name))
    orders = {names[id_]: count for id_, count in clusters.orders(during).items() if id_ in names}
    return FairOverview(
        period=during,
        totals=statistics.sum_of(line.figures for line in lines),
        lines=lines,
        clusters=_parts(lines, [line.cluster for line in lines], orders),
        districts=_parts(lines, [line.exhibitor.district for line in lines]),
        zones=_parts(lines, [line.zone for line in lines]),
    )


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
