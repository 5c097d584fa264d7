"""A hall drawn by rule at the desk: its plan as a new version, and a first layout of the booths that are open."""

import itertools
from collections.abc import Collection
from dataclasses import asdict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from exhibition.accounts.audit import Actor
from exhibition.core.db import transaction
from exhibition.core.errors import Refused
from exhibition.venue import layouts
from exhibition.venue.edition import halls
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions
from exhibition.venue.plan.reading.plan_values import LARGEST_HALL_M, FloorPlan, PlanBooth, PlanLandmark
from exhibition.venue.rules.hall_grid import MOST_BOOTHS, HallGrid


def plan_of(grid: HallGrid) -> FloorPlan:
    """The plan of a grid. Raises Refused ``invalid`` (422) for too many booths, or a hall that is too long."""
    if grid.rows * grid.columns > MOST_BOOTHS:
        message = _l("A hall has at most %(most)s booths.", most=MOST_BOOTHS)
        raise Refused("invalid", message, status=422, field="columns")
    if max(grid.width, grid.depth) > LARGEST_HALL_M:
        message = _l("The hall is longer than %(metres)s metres.", metres=f"{LARGEST_HALL_M:g}")
        raise Refused("invalid", message, status=422, field="columns")
    return FloorPlan(
        grid.width,
        grid.depth,
        tuple(PlanBooth(**asdict(booth)) for booth in grid.booths()),
        (PlanLandmark("entrance", *grid.entrance(), label=_("Entrance")),),
    )


def draw(
    actor: Actor, exhibition: Exhibition, grid: HallGrid, open_booths: int | None, *, replace: bool = False
) -> None:
    """Make the grid the hall, and open so many booths, as far apart as possible; None: all.

    ``replace``: the organizer knows that booths are drawn already, and that they and the layouts give way.
    Raises Refused ``invalid`` (422), ``hall_drawn`` (409) as long as ``replace`` is not said, ``hall_claimed`` (409)
    when somebody has a booth, and what ``versions.save`` raises.
    """
    wanted = plan_of(grid)
    booths = grid.booths()
    if open_booths is not None and open_booths > len(booths):
        message = _l("The hall has %(count)s booths only.", count=len(booths))
        raise Refused("invalid", message, status=422, field="open_booths")
    opened = halls.farthest_apart(booths, len(booths) if open_booths is None else open_booths)
    _draw(actor, exhibition, wanted, opened, replace=replace)


@transaction
def _draw(actor: Actor, exhibition: Exhibition, wanted: FloorPlan, opened: Collection[str], *, replace: bool) -> None:
    present = versions.current(exhibition)
    if versions.holders(exhibition):
        message = _l("Somebody has a booth in this hall. Change it with the editor, booth by booth.")
        raise Refused("hall_claimed", message)
    if present.booths and not replace:
        message = _l("Booths are drawn in this hall already. Tick that they give way to the new ones.")
        raise Refused("hall_drawn", message, field="replace")
    versions.save(actor, exhibition, wanted, seen=present.mark, knowing=True)
    layout = layouts.draft(actor, exhibition, _free_name(exhibition, len(opened)), opened)
    layouts.publish(actor, exhibition, layout, knowing=True)


def _free_name(exhibition: Exhibition, count: int) -> str:
    """``12 booths``, or ``12 booths (2)`` where that is taken."""
    name = ngettext("%(num)d booth", "%(num)d booths", count)
    taken = {line.name for line in layouts.listed(exhibition)}
    numbered = (f"{name} ({number})" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)
