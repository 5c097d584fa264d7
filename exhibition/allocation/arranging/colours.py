"""The colours of the floor plan: booths by kind, product group, cluster, points, readiness … of their exhibitors."""

import enum
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from exhibition.allocation import service
from exhibition.allocation.arranging import readiness, worth
from exhibition.allocation.planned import PlannedBooth
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.venue.models import Exhibition

HUES = 8
"""How many values have a colour of their own; rarer ones share the last."""
BANDS = 4
"""Into how many bands points are divided."""


class ColouredBy(enum.StrEnum):
    """What the colours of the plan stand for."""

    STATE = "state"
    KIND = "kind"
    GROUP = "group"
    CLUSTER = "cluster"
    POINTS = "points"
    READINESS = "readiness"


@dataclass(frozen=True)
class Shade:
    """A colour by its number, with the letter that stands on the booth and the text of the legend."""

    hue: str
    letter: str
    label: str
    count: int = 0


@dataclass(frozen=True)
class Colouring:
    """The shade of each exhibitor who has a booth, by their id, and the legend."""

    shades: dict[int, Shade]
    legend: list[Shade]


def colouring(
    exhibition: Exhibition, booths: Sequence[PlannedBooth], way: ColouredBy, kinds: dict[ExhibitorKind, str]
) -> Colouring | None:
    """The colours of the plan; None for those of the states. ``kinds`` are the labels of kinds of exhibitors."""
    people = service.exhibitors_of(booths)
    value: Callable[[Exhibitor], str]
    match way:
        case ColouredBy.STATE:
            return None
        case ColouredBy.POINTS:
            return ordered(people, *_points(exhibition), "p")
        case ColouredBy.READINESS:
            return ordered(people, *_ready(exhibition, list(people)), "r")
        case ColouredBy.KIND:
            value = lambda one: str(kinds[one.kind])  # noqa: E731 three short ways to name a value
        case ColouredBy.GROUP:
            value = lambda one: one.product_group or _("No product group")  # noqa: E731
        case ColouredBy.CLUSTER:
            value = lambda one: one.cluster.name if one.cluster else _("No cluster")  # noqa: E731
    return _named({id_: value(one) for id_, one in people.items()})


def _named(values: dict[int, str]) -> Colouring:
    """The most frequent values first, each with a colour; those beyond the last colour share it."""
    counts = Counter(values.values()).most_common()
    rest = _("Others") if len(counts) > HUES else ""
    own = counts[: HUES - 1] if rest else counts
    legend = [Shade(str(n), chr(ord("A") + n - 1), label, count) for n, (label, count) in enumerate(own, start=1)]
    if rest:
        legend.append(
            Shade(str(HUES), chr(ord("A") + HUES - 1), rest, sum(count for _label, count in counts[HUES - 1 :]))
        )
    shades = {shade.label: shade for shade in legend}
    return Colouring({one: shades.get(value) or legend[-1] for one, value in values.items()}, legend)


def ordered(
    ids: Collection[int], levels: dict[int, int], labels: list[str], own: dict[int, str], prefix: str
) -> Colouring:
    """The exhibitors of a plan by their level.

    ``levels``, from 0, and ``own``, what is said of a single exhibitor, are by the exhibitor's id; ``labels`` name the
    levels; ``prefix`` is that of their hues: ``p`` (points), ``r`` (readiness) or ``w`` (warmth).
    """
    counts = Counter(levels.get(exhibitor_id, 0) for exhibitor_id in ids)
    legend = [Shade(f"{prefix}{level}", str(level), label, counts[level]) for level, label in enumerate(labels)]
    shades = {
        exhibitor_id: Shade(legend[level].hue, legend[level].letter, own.get(exhibitor_id, legend[level].label))
        for exhibitor_id in ids
        for level in [levels.get(exhibitor_id, 0)]
    }
    return Colouring(shades, legend)


def _points(exhibition: Exhibition) -> tuple[dict[int, int], list[str], dict[int, str]]:
    """The points as a proposal takes them, in bands of equal width."""
    built = worth.asked(exhibition)
    points = {built.exhibitors[one.id]: int(one.points) for one in built.problem.applications}
    width = max(1, -(-(max(points.values(), default=0) + 1) // BANDS))
    labels = [_("%(low)s to %(high)s points", low=band * width, high=(band + 1) * width - 1) for band in range(BANDS)]
    own = {one: _("%(points)s points", points=worth_) for one, worth_ in points.items()}
    return {one: worth_ // width for one, worth_ in points.items()}, labels, own


def _ready(exhibition: Exhibition, ids: list[int]) -> tuple[dict[int, int], list[str], dict[int, str]]:
    names, missing = readiness.names(), readiness.missing(exhibition)
    lacks = {one: missing.get(one, names) for one in ids}
    labels = [_("%(ready)s of %(all)s ready", ready=ready, all=len(names)) for ready in range(len(names) + 1)]
    own = {one: _("missing: %(what)s", what=", ".join(what)) for one, what in lacks.items() if what}
    return {one: len(names) - len(what) for one, what in lacks.items()}, labels, own
