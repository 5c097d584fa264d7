"""People let in by the hour of the day at several fairs, as one SVG: a row of bars for each, on one scale."""

import html
from collections.abc import Mapping, Sequence

WIDTH, HEAD, BARS, FOOT = 720, 20, 64, 24
LEFT, GAP = 8, 6
"""All in the picture's own units."""

Hours = Mapping[int, int]
"""People by the hour."""


def svg(rows: Sequence[tuple[str, Hours]], hours: range, label: str) -> str:
    """The picture of each name with its hours; empty without any."""
    if not rows or not hours:
        return ""
    most = max(max(people.values()) for _name, people in rows)
    wide = (WIDTH - 2 * LEFT) / len(hours)
    height = len(rows) * (HEAD + BARS) + FOOT
    parts: list[str] = []
    for number, (name, people) in enumerate(rows):
        top = number * (HEAD + BARS)
        floor = top + HEAD + BARS
        parts.append(f'<text class="chart-text chart-name" x="{LEFT}" y="{top + HEAD - 6}">{html.escape(name)}</text>')
        for place, hour in enumerate(hours):
            tall = people.get(hour, 0) / most * (BARS - GAP)
            parts.append(
                f'<rect class="chart-bar" x="{LEFT + place * wide + GAP / 2:.1f}" y="{floor - tall:.1f}"'
                f' width="{wide - GAP:.1f}" height="{tall:.1f}"/>'
            )
        parts.append(f'<line class="chart-line" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{floor}" y2="{floor}"/>')
    parts += [
        f'<text class="chart-text" x="{LEFT + (place + 0.5) * wide:.1f}" y="{height - 8}"'
        f' text-anchor="middle">{hour}</text>'
        for place, hour in enumerate(hours)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{html.escape(label)}" font-size="12">{"".join(parts)}</svg>'
    )
