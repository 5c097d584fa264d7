"""The demo's hall as two: what lies below its middle becomes another hall beside it."""

from dataclasses import replace
from typing import TypeVar

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth, PlanLandmark
from exhibition.venue.rules.halls import NamedHall

NORTH = NamedHall("A", "Balai Agung", 0.0, 0.0, 34.0, 18.0)
SOUTH = NamedHall("B", "Aula Selatan", 44.0, 0.0, 34.0, 18.0)
BELOW_M = 18.0

Piece = TypeVar("Piece", PlanBooth, PlanLandmark)


def split(plan: FloorPlan) -> FloorPlan:
    def put(piece: Piece) -> Piece:
        if piece.y + piece.depth / 2 < BELOW_M:
            return piece
        return replace(piece, x=piece.x + SOUTH.x, y=max(0.0, piece.y - BELOW_M))

    return replace(
        plan,
        width=SOUTH.right,
        depth=SOUTH.bottom,
        booths=tuple(put(booth) for booth in plan.booths),
        landmarks=tuple(put(mark) for mark in plan.landmarks),
        zones=tuple(replace(zone, area=None) for zone in plan.zones),
        halls=(NORTH, SOUTH),
    )


def make(exhibition: Exhibition) -> FloorPlan:
    """Save the demo's plan as two halls."""
    now = plan_versions.current(exhibition)
    plan_versions.save(COMMAND_LINE, exhibition, split(now), seen=now.mark, knowing=True)
    return plan_versions.current(exhibition)
