"""What a proposal is made from: the exhibitors, the open booths and the pins of this moment, as a problem."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from exhibition.allocation import service
from exhibition.allocation.editions import took_part
from exhibition.allocation.pins import pinned_booths
from exhibition.allocation.problem import Application, Booth, Problem, Weights
from exhibition.allocation.rules import AllocationState
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue import models as venue
from exhibition.venue.models import Exhibition, Landmark, LandmarkKind

PROMISED = frozenset({AllocationState.CONFIRMED, AllocationState.OFFERED})
"""Who has been told of a booth keeps it, whatever the solver would rather do."""
HOLDERS_POINTS = 1.0
"""Among equals, whoever has a hold keeps a place."""


@dataclass(frozen=True)
class Wanted:
    """What the organizer asks of the solver. Radii are metres between booth centres."""

    weights: Weights = field(default_factory=Weights)
    competitor_radius_m: float = Problem.competitor_radius_m
    avoid_radius_m: float = Problem.avoid_radius_m
    seed: int = Problem.seed
    time_limit_s: float = Problem.time_limit_s


@dataclass(frozen=True)
class Asked:
    """A problem with the exhibitor behind each application, and the claims it was made from."""

    problem: Problem
    exhibitors: dict[str, int]
    seen: dict[str, str]


def ask(exhibition: Exhibition, wanted: Wanted) -> Asked:
    """The problem as it stands now: every exhibitor for the open booths; the offered and confirmed where they are."""
    open_booths = {booth.id: booth for booth in service.plan(exhibition) if booth.opened}
    rows = db.session.scalars(
        select(venue.Booth)
        .options(selectinload(venue.Booth.zone))
        .where(venue.Booth.id.in_(open_booths))
        .order_by(venue.Booth.code)
    )
    booths = [_booth(row) for row in rows]
    claims = {claim.exhibitor_id: claim for claim in service.claims(exhibition).values()}
    standing = {claim.booth_id for claim in claims.values() if claim.state in PROMISED}
    pins = {one: booth for one, booth in pinned_booths(exhibition).items() if booth not in standing}
    people = db.session.scalars(
        select(Exhibitor).options(selectinload(Exhibitor.cluster)).order_by(Exhibitor.name, Exhibitor.slug)
    ).all()
    names = _names(people)
    known = took_part(exhibition)
    applications, exhibitors = [], {}
    for one in people:
        claim = claims.get(one.id)
        if claim is not None and claim.booth_id not in open_booths:
            continue  # stands in a booth that the layout has closed: the organizer decides, not the solver
        promised = claim is not None and claim.state in PROMISED
        place = claim.booth_id if promised and claim else pins.get(one.id)
        pinned = open_booths[place].code if place in open_booths else None
        exhibitors[names[one.id]] = one.id
        applications.append(
            Application(
                id=names[one.id],
                kind=one.kind.value,
                product_group=one.product_group or None,
                cluster=one.cluster.slug if one.cluster else None,
                points=HOLDERS_POINTS if claim else 0.0,
                pinned=pinned,
                current=open_booths[claim.booth_id].code if claim else None,
                newcomer=bool(known) and one.id not in known,
            )
        )
    problem = Problem(
        booths=tuple(booths),
        applications=tuple(applications),
        avoid_radius_m=wanted.avoid_radius_m,
        competitor_radius_m=wanted.competitor_radius_m,
        affinity=_affinity(exhibition, booths),
        weights=wanted.weights,
        seed=wanted.seed,
        time_limit_s=wanted.time_limit_s,
    )
    return Asked(problem, exhibitors, {str(claim.exhibitor_id): claim.mark for claim in claims.values()})


def _booth(row: venue.Booth) -> Booth:
    return Booth(
        code=row.code,
        x=row.x + row.width / 2,
        y=row.y + row.depth / 2,
        zone=row.zone.code if row.zone else None,
        power_va=row.power_va,
        water=row.water,
        accessible=row.accessible,
    )


def _names(people: Sequence[Exhibitor]) -> dict[int, str]:
    """What each exhibitor is called in the problem: the name, with the slug where two share it."""
    names = [one.name for one in people]
    return {one.id: one.name if names.count(one.name) == 1 else f"{one.name} ({one.slug})" for one in people}


def _affinity(exhibition: Exhibition, booths: list[Booth]) -> dict[str, tuple[str, ...]]:
    """Ministries belong to the zone whose nearest booth is closest to the entrance."""
    entrance = db.session.scalar(
        select(Landmark).where(Landmark.exhibition_id == exhibition.id, Landmark.kind == LandmarkKind.ENTRANCE).limit(1)
    )
    zoned = [booth for booth in booths if booth.zone]
    if entrance is None or not zoned:
        return {}
    x, y = entrance.x + entrance.width / 2, entrance.y + entrance.depth / 2
    nearest = min(zoned, key=lambda booth: (booth.x - x) ** 2 + (booth.y - y) ** 2)
    return {"ministry": (nearest.zone or "",)}
