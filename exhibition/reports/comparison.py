"""What several fairs brought, side by side. Reads only, and only counts: it needs nobody's name.

Whatever another page counts is counted here by the same function.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.exhibitors.applications import desk
from exhibition.gate.occupancy import caps
from exhibition.gate.rules.admission import ScanCode, cap_at
from exhibition.reports import service
from exhibition.reports.service import Curve
from exhibition.storefront.visits import statistics
from exhibition.storefront.visits.statistics import Figures, StatisticsSpan
from exhibition.venue import service as venue
from exhibition.venue.edition import choice, states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionPhase, EditionState
from exhibition.visitors.models import PassState, Registration, TimeSlot, VisitorPass
from exhibition.visitors.slots import DISINFECTED_FROM

MOST, USUAL = 6, 3
"""How many fairs stand side by side at most, and how many when none is named."""
SHOWN_REASONS = 5
NOT_HELD = frozenset({EditionPhase.CALLED_OFF, EditionPhase.POSTPONED})
DONE = frozenset({EditionPhase.OVER, EditionPhase.ARCHIVED})


@dataclass(frozen=True)
class Attendance:
    """People by their valid passes."""

    registered: int
    """Beforehand, for any session."""
    arrived: int
    """Those of them who were let in at least once."""
    expected: int
    """Those of them whose session was held and is over; nobody where no gate let anybody in."""
    no_shows: int
    """Those of the expected who were never let in."""
    walk_ins: int
    """Registered at a gate and let in."""


@dataclass(frozen=True)
class AtTheFair:
    """What happened on the days of the fair, until now while they last."""

    attendance: Attendance
    hours: dict[int, int]
    """People let in by the hour of the day in the fair's time zone, those with a badge and those who come again too."""
    peak: int
    """The most people inside at once."""
    refusals: dict[ScanCode, int]
    shops: Figures
    """Of the exhibitors with a confirmed booth."""

    @property
    def entered(self) -> int:
        return sum(self.hours.values())


@dataclass(frozen=True)
class FairFigures:
    """One fair."""

    exhibition: Exhibition
    phase: EditionPhase
    open_hours: int | float
    """All days together."""
    booths: int
    exhibitors: int
    applications: int
    registered: int
    cap: int
    """People allowed inside: at the fullest time, at the first opening while nobody has come."""
    fair: AtTheFair | None
    """None before it begins."""

    @property
    def done(self) -> bool:
        return self.phase in DONE

    @property
    def held(self) -> bool:
        """Or to be held."""
        return self.phase not in NOT_HELD


@dataclass(frozen=True)
class Comparison:
    """The fairs by their dates."""

    offered: list[Exhibition]
    """Those that can be compared, the latest first."""
    fairs: list[FairFigures]
    left_out: int
    """Fairs that were named beyond the most that stand side by side."""

    @property
    def hours(self) -> range:
        """The hours of the day from the first in which somebody was let in anywhere to the last."""
        found = [hour for one in self.fairs if one.fair for hour in one.fair.hours]
        return range(min(found), max(found) + 1) if found else range(0)

    @property
    def reasons(self) -> list[ScanCode]:
        """The main reasons of refusals at all these fairs, the most frequent first."""
        found: Counter[ScanCode] = Counter()
        for one in self.fairs:
            found.update(one.fair.refusals if one.fair else {})
        return [code for code, _count in found.most_common(SHOWN_REASONS)]


def compare(slugs: Collection[str]) -> Comparison:
    """The fairs with these names, else the latest ones; drafts have brought nothing and are no fairs to compare.

    The number of queries depends on the number of fairs only.
    """
    offered = [one for one in reversed(states.every()) if one.state is not EditionState.DRAFT]
    named = [one for one in offered if one.slug in slugs] or offered[:USUAL]
    chosen = named[:MOST][::-1]
    return Comparison(offered, [_figures(one) for one in chosen], len(named) - len(chosen))


def change(
    before: FairFigures, after: FairFigures, counts: tuple[float | None, float | None], *, at_fair: bool
) -> float | None:
    """By which share a count has grown from one fair to the next, or shrunk.

    None where that says nothing: from nothing, where a fair is not held, and for what happens ``at_fair`` while one of
    them is not over.
    """
    earlier, later = counts
    if earlier is None or later is None or not earlier or not (before.held and after.held):
        return None
    if at_fair and not (before.done and after.done):
        return None
    return (later - earlier) / earlier


def changes(fairs: Sequence[FairFigures], counts: Sequence[float | None], *, at_fair: bool) -> list[float | None]:
    """For each fair the change since the one before; the first has none."""
    steps = [
        change(*pair, numbers, at_fair=at_fair) for pair, numbers in zip(pairwise(fairs), pairwise(counts), strict=True)
    ]
    return [None, *steps]


def _figures(exhibition: Exhibition) -> FairFigures:
    phase = choice.phase(exhibition)
    begun = choice.today(exhibition) >= exhibition.starts_on and phase is not EditionPhase.POSTPONED
    zone = ZoneInfo(exhibition.timezone)
    start = datetime.combine(exhibition.starts_on, time(), zone)
    end = datetime.combine(exhibition.ends_on + timedelta(days=1), time(), zone)
    standing = statistics.with_a_booth(exhibition)
    curve = service.curve_until(exhibition, start, end, min(clock.now(), end)) if begun else Curve([], [], [])
    attendance = _attendance(exhibition, held=phase not in NOT_HELD and any(curve.entered))
    fullest = max(zip(curve.inside, curve.times, strict=True), key=lambda step: step[0], default=(0, None))
    fair = None
    if begun:
        during = statistics.period(exhibition, StatisticsSpan.FAIR)
        shops = statistics.totals(during)
        _gates, refusals = service.movements(exhibition, start, end)
        fair = AtTheFair(
            attendance=attendance,
            hours=_by_hour(curve, zone),
            peak=max(0, fullest[0]),
            refusals=dict(refusals),
            shops=statistics.sum_of(shops[one.id] for one in standing if one.id in shops),
        )
    return FairFigures(
        exhibition=exhibition,
        phase=phase,
        open_hours=_open_hours(exhibition),
        booths=venue.booths_open(exhibition),
        exhibitors=len(standing),
        applications=desk.count(exhibition),
        registered=attendance.registered,
        cap=_cap(exhibition, fullest[1], zone),
        fair=fair,
    )


def _open_hours(exhibition: Exhibition) -> int | float:
    day = date.min
    spans = [datetime.combine(day, one.closes_at) - datetime.combine(day, one.opens_at) for one in exhibition.days]
    hours = sum(spans, timedelta()) / timedelta(hours=1)
    return int(hours) if hours.is_integer() else hours


def _attendance(exhibition: Exhibition, *, held: bool) -> Attendance:
    """Added up by session and by walk-ins. Nobody is missed at a session that was closed.

    Nor at a fair that was not ``held``, or whose gates let nobody in: then it is not known who came.
    """
    now, late = clock.now(), timedelta(minutes=exhibition.late_minutes)
    rows = db.session.execute(
        select(
            TimeSlot,
            DISINFECTED_FROM,
            Registration.walk_in,
            func.sum(VisitorPass.party_size),
            func.sum(VisitorPass.admitted),
        )
        .join(VisitorPass, and_(VisitorPass.slot_id == TimeSlot.id, VisitorPass.state == PassState.VALID))
        .join(Registration, Registration.id == VisitorPass.registration_id)
        .where(TimeSlot.exhibition_id == exhibition.id)
        .group_by(TimeSlot.id, Registration.walk_in)
    )
    registered = arrived = expected = came = walk_ins = 0
    for slot, disinfected_from, walk_in, people, admitted in rows:
        if walk_in:
            walk_ins += admitted
            continue
        registered, arrived = registered + people, arrived + admitted
        if held and slot.ends_at + late <= now and not service.is_closed(slot, disinfected_from):
            expected, came = expected + people, came + admitted
    return Attendance(registered, arrived, expected, expected - came, walk_ins)


def _by_hour(curve: Curve, zone: ZoneInfo) -> dict[int, int]:
    """A step of the curve lies within one hour: no time zone is off by less than a quarter of an hour."""
    found: Counter[int] = Counter()
    for second, people in zip(curve.times, curve.entered, strict=True):
        if people:
            found[datetime.fromtimestamp(second, zone).hour] += people
    return dict(found)


def _cap(exhibition: Exhibition, fullest: int | None, zone: ZoneInfo) -> int:
    """The cap in force at the fullest time; without one, when the fair opens first."""
    own, changes = caps.before_all(exhibition.id), caps.changes(exhibition.id)
    opens = exhibition.days[0].opens_at if exhibition.days else time()
    moment = datetime.combine(exhibition.starts_on, opens, zone)
    if fullest is not None:
        moment = datetime.fromtimestamp(fullest, UTC)
    return cap_at(own, [(one.starts_at, one.capacity) for one in changes], moment)
