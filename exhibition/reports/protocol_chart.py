"""People inside through a day against the cap, as one SVG for the page and for paper; colours come from CSS or here."""

import html
from collections.abc import Callable
from datetime import UTC, datetime

from exhibition.core.i18n import clock_time
from exhibition.reports.protocol import ProtocolDay

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 24, 12, 26
HOUR_S = 3600
STEPS_UP = 4
NICE_STEPS = tuple(part * 10**power for power in range(6) for part in (1, 2, 5))
"""Possible distances between two grid lines, in people."""
LARGEST_HOURS = 10
"""The most hours for which every label has room."""


def svg(day: ProtocolDay, timezone: str, label: str, colour: str) -> str:
    """The chart, from opening to closing, or longer where people moved; empty without a movement. ``colour`` is that of
    the people inside on paper.
    """
    if not day.curve.times:
        return ""
    first = min(day.curve.times[0], int(day.caps[0].starts_at.timestamp()))
    last = max(day.curve.times[-1], int(day.caps[-1].ends_at.timestamp()), first + HOUR_S)
    most = max([*day.curve.inside, *(span.capacity for span in day.caps), 1])
    step = next(step for step in NICE_STEPS if step * STEPS_UP >= most)
    most = step * STEPS_UP

    def across(second: float) -> str:
        return f"{LEFT + (second - first) / (last - first) * (WIDTH - LEFT - RIGHT):.1f}"

    def up(people: float) -> str:
        return f"{HEIGHT - BOTTOM - max(people, 0) / most * (HEIGHT - TOP - BOTTOM):.1f}"

    parts = [_rounds(day, across, first, last), _grid(most, up), _hours(first, last, across, timezone)]
    cap = " ".join(
        f"{across(max(first, moment.timestamp()))},{up(span.capacity)}"
        for span in day.caps
        for moment in (span.starts_at, span.ends_at)
    )
    steps: list[str] = []
    for second, inside, before in zip(day.curve.times, day.curve.inside, [0, *day.curve.inside], strict=False):
        steps += [f"{across(second)},{up(before)}", f"{across(second)},{up(inside)}"]
    dashed = 'fill="none" stroke="#a3262a" stroke-width="2" stroke-dasharray="6 4"'
    solid = f'fill="none" stroke="#{colour}" stroke-width="2.5"'
    parts += [
        f'<polyline class="chart-cap" points="{cap}" {dashed}/>',
        f'<polyline class="chart-inside" points="{" ".join(steps)}" {solid}/>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{html.escape(label)}" font-family="Noto Sans, Liberation Sans, DejaVu Sans, sans-serif"'
        f' font-size="11">{"".join(parts)}</svg>'
    )


def _rounds(day: ProtocolDay, across: Callable[[float], str], first: int, last: int) -> str:
    bands: list[str] = []
    for one in day.rounds:
        begins, ends = max(first, one.starts_at.timestamp()), min(last, one.ends_at.timestamp())
        if begins < ends:
            width = float(across(ends)) - float(across(begins))
            bands.append(
                f'<rect class="chart-round" x="{across(begins)}" y="{TOP}" width="{width:.1f}"'
                f' height="{HEIGHT - TOP - BOTTOM}" fill="#e6dccd"/>'
            )
    return "".join(bands)


def _grid(most: int, up: Callable[[float], str]) -> str:
    lines: list[str] = []
    for step in range(STEPS_UP + 1):
        people = most * step // STEPS_UP
        lines.append(
            f'<line class="chart-line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(people)}" y2="{up(people)}"'
            ' stroke="#c9ccd8" stroke-width="1"/>'
            f'<text class="chart-text" x="{LEFT - 6}" y="{up(people)}" dy=".35em" text-anchor="end"'
            f' fill="#565a68">{people}</text>'
        )
    return "".join(lines)


def _hours(first: int, last: int, across: Callable[[float], str], timezone: str) -> str:
    hours = range(-(-first // HOUR_S) * HOUR_S, last + 1, HOUR_S)
    every = -(-len(hours) // LARGEST_HOURS)
    return "".join(
        f'<text class="chart-text" x="{across(second)}" y="{HEIGHT - 8}" text-anchor="middle"'
        f' fill="#565a68">{clock_time(datetime.fromtimestamp(second, tz=UTC), timezone)}</text>'
        for second in hours[::every]
    )
