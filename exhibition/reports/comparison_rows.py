"""The comparison of fairs as rows of names and numbers, for the page and for its table to download."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import format_percent
from flask_babel import gettext as _

from exhibition.core.files.spreadsheets import Cell, Row, Table
from exhibition.core.i18n import clock_time
from exhibition.reports import bars_chart, comparison, texts
from exhibition.reports.comparison import AtTheFair, Comparison, FairFigures
from exhibition.venue.models import Exhibition

Count = float | None
"""None: there is nothing to count yet, or it says nothing."""
SIGNED = "+#,##0%;\N{MINUS SIGN}#,##0%"
UNCHANGED = "\N{PLUS-MINUS SIGN}0%"


@dataclass(frozen=True)
class Line:
    """One figure of all fairs, and its change since the fair before."""

    name: str
    counts: list[Count]
    changes: list[float | None]
    hint: str = ""


def _line(
    found: Comparison, name: str, count: Callable[[FairFigures], Count], hint: str = "", *, at_fair: bool = False
) -> Line:
    counts = [count(one) for one in found.fairs]
    return Line(name, counts, comparison.changes(found.fairs, counts, at_fair=at_fair), hint)


def _at_fair(found: Comparison, name: str, count: Callable[[AtTheFair], Count], hint: str = "") -> Line:
    return _line(found, name, lambda one: count(one.fair) if one.fair else None, hint, at_fair=True)


def figures(found: Comparison) -> list[Line]:
    """The figures of each fair as a whole."""

    def missing(fair: AtTheFair) -> Count:
        return fair.attendance.no_shows if fair.attendance.expected else None

    def missing_share(one: FairFigures) -> Count:
        people = one.fair.attendance if one.fair else None
        return round(people.no_shows / people.expected * 100) if people and people.expected else None

    return [
        _line(found, _("Days"), lambda one: len(one.exhibition.days)),
        _line(found, _("Opening hours"), lambda one: one.open_hours, _("All days together.")),
        _line(found, _("Open booths"), lambda one: one.booths),
        _line(found, _("Exhibitors with a confirmed booth"), lambda one: one.exhibitors),
        _line(found, _("Applications"), lambda one: one.applications, _("Submitted, whatever the outcome.")),
        _line(
            found,
            _("Visitors registered"),
            lambda one: one.registered,
            _("People with a valid pass, without walk-ins."),
        ),
        _at_fair(found, _("Of them came"), lambda fair: fair.attendance.arrived),
        _at_fair(found, _("Did not come"), missing, _("People whose session is over.")),
        Line(_("Did not come, in percent"), [missing_share(one) for one in found.fairs], [None] * len(found.fairs)),
        _at_fair(found, _("Walk-ins"), lambda fair: fair.attendance.walk_ins, _("Registered at a gate.")),
        _at_fair(
            found,
            _("Entries"),
            lambda fair: fair.entered,
            _("People let in; those who come again and the exhibitors' staff too."),
        ),
        _at_fair(found, _("Most people inside at once"), lambda fair: fair.peak),
        _line(
            found,
            _("People allowed inside"),
            lambda one: one.cap or None,
            _("At the fullest time, else at the opening."),
        ),
        _at_fair(found, _("Refused scans"), lambda fair: sum(fair.refusals.values())),
        _at_fair(found, _("Views of booth pages"), lambda fair: fair.shops.views, _("On the days of the fair.")),
        _at_fair(found, _("Clicks to shops"), lambda fair: fair.shops.clicks, _("On the days of the fair.")),
    ]


def _hour_text(hour: int) -> str:
    first, last = (clock_time(datetime(2000, 1, 1, one % 24, tzinfo=UTC), "UTC") for one in (hour, hour + 1))
    return f"{first}\N{EN DASH}{last}"


def hours(found: Comparison) -> list[Line]:
    """People let in by the hour of the day."""
    return [_at_fair(found, _hour_text(hour), lambda fair, hour=hour: fair.hours.get(hour, 0)) for hour in found.hours]


def refusals(found: Comparison) -> list[Line]:
    """Refused scans by their main reasons."""
    return [
        _at_fair(found, str(texts.REFUSALS[code]), lambda fair, code=code: fair.refusals.get(code, 0))
        for code in found.reasons
    ]


def chart(found: Comparison) -> str:
    """People let in by the hour, a row of bars for each fair that has let somebody in."""
    rows = [(name_of(one.exhibition), one.fair.hours) for one in found.fairs if one.fair and one.fair.hours]
    return bars_chart.svg(rows, [(hour, str(hour)) for hour in found.hours], _("People let in by the hour of the day"))


def name_of(exhibition: Exhibition) -> str:
    """Its name with the year, because yearly fairs may have the same name."""
    name, year = exhibition.name, str(exhibition.starts_on.year)
    return name if year in name else f"{name} {year}"


def change_text(change: float) -> str:
    """A change in percent, with its sign."""
    return format_percent(change, SIGNED) if round(change * 100) else UNCHANGED


def table(found: Comparison) -> Table:
    """All of it as one table: beside each fair but the first the change since the one before, in percent."""
    columns = [_("Figure")]
    for number, one in enumerate(found.fairs):
        columns += [name_of(one.exhibition), _("Change in percent")] if number else [name_of(one.exhibition)]
    rows = [_row(line.name, line) for line in figures(found)]
    rows += [_row(_("People let in, %(hours)s", hours=line.name), line) for line in hours(found)]
    rows += [_row(_("Refused: %(reason)s", reason=line.name), line) for line in refusals(found)]
    return Table("", columns, rows)


def _row(name: str, line: Line) -> Row:
    row: list[Cell] = [name]
    for number, (count, change) in enumerate(zip(line.counts, line.changes, strict=True)):
        row += [count, None if change is None else round(change * 100)] if number else [count]
    return row
