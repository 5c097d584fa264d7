"""The protocol report of a day to hand over: as PDF and as a workbook, in the reader's language.

Texts go to typst as data, never as markup, and into cells as texts, never as formulas.
"""

from datetime import UTC, datetime

from flask_babel import gettext as _

from exhibition.core import clock
from exhibition.core.config import PROJECT
from exhibition.core.files import spreadsheets
from exhibition.core.files.pdf import render
from exhibition.core.i18n import clock_time, long_date, moment_text, zone_name
from exhibition.reports import protocol_chart, texts
from exhibition.reports.protocol import CapSpan, ProtocolDay, RoundLine
from exhibition.venue import looks
from exhibition.venue.models import Exhibition

TEMPLATE = PROJECT / "templates" / "reports" / "protocol.typ"

Table = tuple[str, list[str], list[list[str | int]]]
"""Its heading, the names of its columns, its rows."""


def _hours(part: CapSpan | RoundLine, zone: str) -> str:
    return f"{clock_time(part.starts_at, zone)}\N{EN DASH}{clock_time(part.ends_at, zone)}"


def figures(day: ProtocolDay) -> list[tuple[str, str]]:
    """The key figures, as name and number."""
    fullest = day.peaks[0] if day.peaks else None
    return [
        (_("people came in"), str(day.entered)),
        (_("most inside at one time"), f"{fullest.inside} / {fullest.capacity}" if fullest else "0"),
        (_("disinfection rounds done"), f"{day.rounds_done} / {max(len(day.rounds), day.rounds_wanted)}"),
    ]


def tables(day: ProtocolDay, exhibition: Exhibition) -> list[Table]:
    """Everything but the curve."""
    zone = exhibition.timezone
    checks = day.checks
    return [
        (
            _("How many people could be inside"),
            [_("Time"), _("People inside"), _("Why")],
            [[_hours(span, zone), span.capacity, span.reason] for span in day.caps],
        ),
        (
            _("When the hall was fullest"),
            [_("Time"), _("Inside"), _("Cap")],
            [[clock_time(peak.at, zone), peak.inside, peak.capacity] for peak in day.peaks],
        ),
        (
            _("Disinfection rounds"),
            [_("Planned"), _("State"), _("Done at"), _("By")],
            [
                [
                    _hours(one, zone),
                    str(texts.ROUND_STATES[one.state]),
                    clock_time(one.done_at, zone) if one.done_at else "",
                    one.done_by,
                ]
                for one in day.rounds
            ],
        ),
        (
            _("People through the gates"),
            [_("Gate"), _("In"), _("Out"), _("Refused attempts")],
            [[gate.name, gate.entered, gate.left, gate.refused] for gate in day.gates],
        ),
        (
            _("Refused, by reason"),
            [_("Reason"), _("Attempts")],
            [[str(texts.REFUSALS[code]), count] for code, count in day.refusals]
            + ([[_("Let in by a supervisor all the same"), day.overruled]] if day.overruled else [])
            + [[str(texts.CONFLICTS[kind]), count] for kind, count in day.conflicts],
        ),
        (
            _("Mask and screening, parties at the door"),
            [_("What stewards look for"), _("In order"), _("Not in order")],
            [
                [_("Masks"), checks.mask_worn, checks.mask_missing],
                [
                    exhibition.screening_question or _("Screening question"),
                    checks.screening_passed,
                    checks.screening_failed,
                ],
            ],
        ),
    ]


def _title(day: ProtocolDay) -> str:
    return _("Health protocol report, %(day)s", day=long_date(day.day))


def _notes(exhibition: Exhibition) -> str:
    made = moment_text(clock.now(), exhibition.timezone)
    return " ".join(
        (
            _("Made on %(moment)s %(zone)s.", moment=made, zone=zone_name(exhibition.timezone)),
            _("Times of gates without a network are those at which their scans arrived."),
            _("Of anybody's health only in order or not in order is kept, without names."),
        )
    )


def chart(day: ProtocolDay, exhibition: Exhibition) -> str:
    """The curve against the cap; empty on a day without movements."""
    label = _("People inside through the day, and the cap")
    return protocol_chart.svg(day, exhibition.timezone, label, looks.shades(exhibition).accent)


def pdf(day: ProtocolDay, exhibition: Exhibition, *, system_fonts: bool = True) -> bytes:
    """The report on A4."""
    data = looks.on_paper(exhibition, _title(day)) | {
        "figures": [{"name": name, "count": number} for name, number in figures(day)],
        "curve": _("People inside through the day"),
        "legend": [_("inside"), _("cap"), _("disinfection")],
        "svg": chart(day, exhibition),
        "alt": _("People inside through the day, and the cap"),
        "no_curve": _("Nobody came in on this day."),
        "nothing": _("Nothing on this day."),
        "tables": [
            {"heading": heading, "columns": columns, "rows": [[str(cell) for cell in row] for row in rows]}
            for heading, columns, rows in tables(day, exhibition)
        ],
        "notes": _notes(exhibition),
    }
    return render(TEMPLATE, data, system_fonts=system_fonts)


def xlsx(day: ProtocolDay, exhibition: Exhibition) -> bytes:
    """A workbook: a sheet with all tables, and one with the curve in steps of five minutes."""
    lines = [_title(day), f"{exhibition.name} \N{MIDDLE DOT} {exhibition.venue_name}", _notes(exhibition)]
    numbers = spreadsheets.Table(_("Figures"), [_("What"), _("Number")], figures(day))
    report = spreadsheets.Report(
        _("Report"), lines, [numbers, *(spreadsheets.Table(*one) for one in tables(day, exhibition))]
    )
    steps = zip(day.curve.times, day.curve.inside, day.curve.entered, strict=True)
    curve = spreadsheets.Table(
        _("Occupancy"),
        [_("Time"), _("Inside"), _("Came in within 5 minutes")],
        (
            (clock_time(datetime.fromtimestamp(second, tz=UTC), exhibition.timezone), inside, entered)
            for second, inside, entered in steps
        ),
    )
    return spreadsheets.as_xlsx(report, curve)
