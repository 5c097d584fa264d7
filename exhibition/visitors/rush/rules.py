"""Who of the line is called, and how many are before somebody (docs/registering.md).

Moments are seconds since 1970. Of each whole second only the number of parties that joined in it is known; they are
taken as spread evenly over it, so that the order is that of joining.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RushLine:
    """The parties that joined in each second, and the moment up to which all that joined have been called."""

    parties: Mapping[int, int]
    called_until: float

    @property
    def is_open(self) -> bool:
        """Whether anybody has not been called yet; then newcomers stand behind them."""
        return any(count and second + 1 > self.called_until for second, count in self.parties.items())


def before(line: RushLine, joined: float) -> int:
    """How many parties are called before one that joined at that moment; 0 when it is called itself."""
    if joined <= line.called_until:
        return 0
    total = 0.0
    for second, count in line.parties.items():
        overlap = min(second + 1, joined) - max(second, line.called_until)
        total += count * max(0.0, overlap)
    return max(1, round(total))


def called(line: RushLine, most: float, latest: float) -> float:
    """The moment up to which all are called when ``most`` more parties are; never after ``latest``, never back."""
    at = line.called_until
    for second, count in sorted(line.parties.items()):
        begin = max(at, second)
        there = count * (second + 1 - begin)
        if there <= 0:
            continue
        if there > most:
            return max(line.called_until, min(begin + most / count, latest))
        most -= there
        at = second + 1.0
    return max(line.called_until, latest)
