"""Building the solver's problem from the current state: exhibitors and their applications, open booths, pins.

Points follow the edition's rules; where they are equal, exhibitors with a hold come first, then the drawn lot decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from exhibition.allocation import service
from exhibition.allocation.planned import Claim, PlannedBooth
from exhibition.allocation.proposals.earlier_editions import took_part
from exhibition.allocation.proposals.pins import pinned_booths
from exhibition.allocation.proposals.sharing import agreed, grouped, room, together
from exhibition.allocation.rules import KNOWN, AllocationState
from exhibition.allocation.solver.problem import AllocationProblem, Needs, OpenBooth, Quota, QuotaOf, Weights
from exhibition.allocation.solver.problem import BoothRequest as Applicant
from exhibition.core.db import db
from exhibition.exhibitors import participants
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.exhibitors.rules.application_steps import CONSIDERED, name_key
from exhibition.venue import models as venue
from exhibition.venue.models import Exhibition, Landmark, LandmarkKind

HOLDERS_POINTS = 0.5
"""What a hold adds to the points. Points are whole numbers, and a lot adds less than this."""


LAST_RESORT_S = 10.0
"""Seconds of the clock for each unit of effort, which takes an ordinary machine about one."""


@dataclass(frozen=True)
class Wanted:
    """The organizer's settings for the solver. Radii are metres between booth centres."""

    weights: Weights = field(default_factory=Weights)
    competitor_radius_m: float = AllocationProblem.competitor_radius_m
    avoid_radius_m: float = AllocationProblem.avoid_radius_m
    seed: int = AllocationProblem.seed
    effort: float = AllocationProblem.effort
    keep_holds: bool = False
    """Whether whoever holds a booth keeps it, as those do who were offered one."""


@dataclass(frozen=True)
class BuiltProblem:
    """A problem with the exhibitor behind each application, and the claims it was made from."""

    problem: AllocationProblem
    exhibitors: dict[str, int]
    seen: dict[str, str]


def ask(exhibition: Exhibition, wanted: Wanted) -> BuiltProblem:
    """The problem as it stands now, for the open booths; the offered and confirmed stay where they are.

    The fair's exhibitors take part unless their application is out or on the waiting list; those with a booth or a pin
    always do.
    """
    open_booths = {booth.id: booth for booth in service.plan(exhibition) if booth.opened}
    rows = db.session.scalars(
        select(venue.Booth)
        .options(selectinload(venue.Booth.zone))
        .where(venue.Booth.id.in_(open_booths))
        .order_by(venue.Booth.code)
    )
    booths = [_booth(row, len(open_booths[row.id].claims)) for row in rows]
    claims = {claim.exhibitor_id: claim for claim in service.claims(exhibition)}
    kept = (*KNOWN, AllocationState.HELD) if wanted.keep_holds else KNOWN
    applicants, exhibitors = _applicants(exhibition, open_booths, claims, kept)
    problem = AllocationProblem(
        booths=tuple(booths),
        applications=tuple(applicants),
        avoid_radius_m=wanted.avoid_radius_m,
        competitor_radius_m=wanted.competitor_radius_m,
        affinity=_affinity(exhibition, booths),
        weights=wanted.weights,
        quotas=_quotas(exhibition),
        seed=wanted.seed,
        effort=wanted.effort,
        time_limit_s=max(AllocationProblem.time_limit_s, LAST_RESORT_S * wanted.effort),
    )
    return BuiltProblem(problem, exhibitors, {str(claim.exhibitor_id): claim.mark for claim in claims.values()})


def _applicants(
    exhibition: Exhibition,
    open_booths: Mapping[int, PlannedBooth],
    claims: Mapping[int, Claim],
    kept: Collection[AllocationState],
) -> tuple[list[Applicant], dict[str, int]]:
    """All applicants who take part, and the exhibitor's id behind each; those with ``kept`` claims stay there."""
    standing = {claim.booth_id for claim in claims.values() if claim.state in kept}
    pins = {one: booth for one, booth in pinned_booths(exhibition).items() if booth not in standing}
    people = db.session.scalars(
        select(Exhibitor)
        .options(selectinload(Exhibitor.cluster))
        .where(Exhibitor.id.in_(participants.ids_of(exhibition.id)))
        .order_by(Exhibitor.name, Exhibitor.slug)
    ).all()
    spoken = applications.speaking(exhibition)
    quotas = calls.quotas(calls.of(exhibition))
    names, points = _names(people), _points(exhibition, people, spoken)
    known = took_part(exhibition)
    applicants, exhibitors = [], {}
    for one in people:
        claim, application = claims.get(one.id), spoken.get(one.id)
        if claim is not None and claim.booth_id not in open_booths:
            continue  # has a booth that the layout has closed: the organizer decides, not the solver
        promised = claim is not None and claim.state in kept
        place = claim.booth_id if promised and claim else pins.get(one.id)
        pinned = open_booths[place].code if place is not None and place in open_booths else None
        if claim is None and pinned is None and application is not None and application.state not in CONSIDERED:
            continue
        exhibitors[names[one.id]] = one.id
        asks = _asks(application)
        applicants.append(
            replace(
                asks,
                id=names[one.id],
                kind=one.kind.value,
                product_group=one.product_group or asks.product_group,
                cluster=one.cluster.slug if one.cluster else None,
                points=points[one.id] + (HOLDERS_POINTS if claim else 0.0),
                pinned=pinned,
                current=open_booths[claim.booth_id].code if claim else None,
                newcomer=bool(known) and one.id not in known,
                local=quotas.is_local(application.district if application else one.district),
                days=tuple(day.isoformat() for day in claim.days) if claim else (),
            )
        )
    found = _acquainted(applicants, exhibitors, spoken)
    willing = {id_ for id_, number in exhibitors.items() if (said := spoken.get(number)) is not None and said.share}
    ids = {number: id_ for id_, number in exhibitors.items()}
    present = [(ids[one], ids[other]) for one, other in together(claims.values()) if {one, other} <= ids.keys()]
    return grouped(found, [*present, *agreed(found, willing)]), exhibitors


def _quotas(exhibition: Exhibition) -> tuple[Quota, ...]:
    """The call's quotas; that of newcomers only where an earlier edition tells who is one."""
    shares = calls.quotas(calls.of(exhibition)).shares.items()
    found = [Quota(QuotaOf(subject.value), share.percent, share.hard) for subject, share in shares]
    return tuple(quota for quota in found if quota.of is not QuotaOf.NEWCOMERS or took_part(exhibition))


def _asks(application: Application | None) -> Applicant:
    """The request in an application, still without an id; ``near`` and ``avoid`` are names as written."""
    if application is None:
        return Applicant(id="")
    return Applicant(
        id="",
        product_group=application.product_group or None,
        wishes=tuple(application.wishes),
        zone_wishes=tuple(application.zone_wishes),
        needs=Needs(application.power_va, application.water, application.accessible),
        near=tuple(application.near),
        avoid=tuple(application.avoid),
    )


def _points(exhibition: Exhibition, people: Iterable[Exhibitor], spoken: Mapping[int, Application]) -> dict[int, float]:
    """The points of each exhibitor including the lot, all raised by the same amount so that none is negative."""
    call = calls.of(exhibition)
    rules, lots = calls.point_rules(call), calls.lots(call, spoken.values())
    points = {
        one.id: calls.total(rules, application) + lots.get(application.reference, 0.0)
        if (application := spoken.get(one.id))
        else float(calls.unasked(rules, one))
        for one in people
    }
    lowest = min(points.values(), default=0.0)
    return {exhibitor_id: worth - min(lowest, 0.0) for exhibitor_id, worth in points.items()}


def _acquainted(
    applicants: Iterable[Applicant], exhibitors: Mapping[str, int], spoken: Mapping[int, Application]
) -> list[Applicant]:
    """The same applicants, with written names replaced by ids; a name that matches nobody here stays."""
    called: dict[str, list[str]] = defaultdict(list)
    for id_, exhibitor_id in exhibitors.items():
        application = spoken.get(exhibitor_id)
        for key in {name_key(id_), *([application.name_key] if application else [])}:
            called[key].append(id_)

    def meant(own: str, written: Iterable[str]) -> tuple[str, ...]:
        found = [[id_ for id_ in called[name_key(name)] if id_ != own] or [name] for name in written]
        return tuple(dict.fromkeys(id_ for ids in found for id_ in ids))

    return [replace(one, near=meant(one.id, one.near), avoid=meant(one.id, one.avoid)) for one in applicants]


def _booth(row: venue.Booth, present: int) -> OpenBooth:
    return OpenBooth(
        code=row.code,
        x=row.x + row.width / 2,
        y=row.y + row.depth / 2,
        zone=row.zone.code if row.zone else None,
        power_va=row.power_va,
        water=row.water,
        accessible=row.accessible,
        tenants=room(row.width, row.depth, present),
    )


def _names(people: Sequence[Exhibitor]) -> dict[int, str]:
    """Each exhibitor's id in the problem: the name, with the slug if two exhibitors share the name."""
    names = [one.name for one in people]
    return {one.id: one.name if names.count(one.name) == 1 else f"{one.name} ({one.slug})" for one in people}


def _affinity(exhibition: Exhibition, booths: list[OpenBooth]) -> dict[str, tuple[str, ...]]:
    """Ministries get an affinity to the zone whose nearest booth is closest to the entrance."""
    entrance = db.session.scalar(
        select(Landmark).where(Landmark.exhibition_id == exhibition.id, Landmark.kind == LandmarkKind.ENTRANCE).limit(1)
    )
    zoned = [booth for booth in booths if booth.zone]
    if entrance is None or not zoned:
        return {}
    x, y = entrance.x + entrance.width / 2, entrance.y + entrance.depth / 2
    nearest = min(zoned, key=lambda booth: (booth.x - x) ** 2 + (booth.y - y) ** 2)
    return {"ministry": (nearest.zone or "",)}
