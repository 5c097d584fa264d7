"""The halls of an edition as tabs over its plan; none where there is only one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exhibition.venue.service import Hall


@dataclass(frozen=True)
class HallTab:
    """A hall as ``templates/components/tabs.html`` draws it."""

    hall: str
    """Its code."""
    label: str
    address: str
    here: bool
    note: str = ""
    waiting: int = 0


def tabs(
    hall: Hall, shown: Hall, address: Callable[[str], str], notes: Mapping[str, str] | None = None
) -> list[HallTab]:
    """``address`` gives that of a hall by its code; ``notes`` stand beside the names, by codes."""
    told = notes or {}
    if not hall.several:
        return []
    return [
        HallTab(room.code, room.name, address(room.code), room.code == shown.code, told.get(room.code, ""))
        for room in hall.rooms
    ]
