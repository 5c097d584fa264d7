"""New numbers for booths that are on the plan: row by row as people read, or as a snake. A booth stays who it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from exhibition.venue.plan.reading.plan_problems import Shape
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth
from exhibition.venue.rules.booth_numbers import NumberFault, NumberScheme, row_numbers


@dataclass(frozen=True)
class Renumbering:
    """The new number of each chosen booth, by its index in the plan, in the order in which they are numbered."""

    numbers: dict[int, str]
    taken: list[str]
    """New numbers that booths have which were not chosen."""


def rows(booths: Sequence[PlanBooth], chosen: Collection[int]) -> list[list[int]]:
    """The chosen booths by their indexes, in rows from above, each from the left.

    A booth belongs to the row of the uppermost one beside it whose half depth it does not exceed.
    """
    shapes = {number: Shape.of(booths[number]) for number in chosen}
    found: list[list[int]] = []
    for number in sorted(shapes, key=lambda one: (shapes[one].centre[1], one)):
        first = shapes[found[-1][0]] if found else None
        if first and shapes[number].centre[1] - first.centre[1] < first.reach((0.0, 1.0)):
            found[-1].append(number)
        else:
            found.append([number])
    return [sorted(row, key=lambda one: (shapes[one].centre[0], one)) for row in found]


def renumbered(
    plan: FloorPlan, chosen: Collection[int], first: str, scheme: NumberScheme, *, snake: bool
) -> Renumbering | NumberFault:
    """The chosen booths numbered from ``first`` on, by their rows; what is not chosen keeps its number."""
    order = rows(plan.booths, chosen)
    codes = row_numbers(first, [len(row) for row in order], scheme, snake=snake)
    if isinstance(codes, NumberFault):
        return codes
    numbers = dict(zip(chain.from_iterable(order), chain.from_iterable(codes), strict=True))
    others = {booth.code for number, booth in enumerate(plan.booths) if number not in numbers}
    return Renumbering(numbers, [code for code in numbers.values() if code in others])
