"""Counts along a line of hours or days, as one SVG: a row of bars for each name, one above the other."""

import html
from collections.abc import Mapping, Sequence
from typing import TypeVar

Place = TypeVar("Place")

WIDTH, HEAD, BARS, FOOT = 720, 20, 64, 24
LEFT, WIDEST_GAP = 8, 6
"""All in the picture's own units."""
MOST_LABELS = 8
"""Below so many bars each has its label; of more, every second or third."""


def svg(
    rows: Sequence[tuple[str, Mapping[Place, float]]],
    places: Sequence[tuple[Place, str]],
    label: str,
    *,
    one_scale: bool = True,
) -> str:
    """The picture of each name with its counts at the places, which have labels; empty without any.

    On one scale the rows can be compared with each other; otherwise the highest bar of each fills its row and its count
    stands beside the name.
    """
    if not rows or not places:
        return ""
    most = max(_most(counts) for _name, counts in rows)
    wide = (WIDTH - 2 * LEFT) / len(places)
    gap = min(WIDEST_GAP, wide / 4)
    height = len(rows) * (HEAD + BARS) + FOOT
    parts: list[str] = []
    for number, (name, counts) in enumerate(rows):
        top = number * (HEAD + BARS)
        floor = top + HEAD + BARS
        highest = most if one_scale else _most(counts)
        parts.append(f'<text class="chart-text chart-name" x="{LEFT}" y="{top + HEAD - 6}">{html.escape(name)}</text>')
        for at, (place, _label) in enumerate(places):
            tall = counts.get(place, 0) / (highest or 1) * (BARS - WIDEST_GAP)
            parts.append(
                f'<rect class="chart-bar" x="{LEFT + at * wide + gap / 2:.1f}" y="{floor - tall:.1f}"'
                f' width="{wide - gap:.1f}" height="{tall:.1f}"/>'
            )
        parts.append(f'<line class="chart-line" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{floor}" y2="{floor}"/>')
    step = -(-len(places) // MOST_LABELS)
    parts += [
        f'<text class="chart-text" x="{LEFT + (at + 0.5) * wide:.1f}" y="{height - 8}"'
        f' text-anchor="middle">{html.escape(text)}</text>'
        for at, (_place, text) in enumerate(places)
        if at % step == 0
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{html.escape(label)}" font-size="12">{"".join(parts)}</svg>'
    )


def _most(counts: Mapping[Place, float]) -> float:
    return max(counts.values(), default=0)
