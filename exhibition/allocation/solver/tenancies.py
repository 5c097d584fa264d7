"""Tenancies: a sharing group is one tenancy if some booth can take all of it; other applications are one each.

The rules are published in docs/allocation.md, under "Sharing a booth".
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

from exhibition.allocation.solver.problem import BoothRequest, Needs, OpenBooth, Reason, because


@dataclass(frozen=True)
class Tenancy:
    """The applications, by number, that get one booth together or none; usually just one."""

    members: tuple[int, ...]
    needs: Needs
    """The needs of all together; the power of those who come on the same day is added up."""
    tenants: int = 1
    """For how many there must be room on one day."""
    days: int = 1
    """The days on which any of them comes, as bits."""
    pinned: str | None = None
    """The booth to which the organizer has pinned one of them, and so all."""

    def missing(self, booth: OpenBooth) -> list[str]:
        """The names of the needs that a booth does not meet."""
        return [*self.needs.missing(booth), *(["tenants"] if booth.tenants < self.tenants else [])]


def tenancies(booths: tuple[OpenBooth, ...], applications: tuple[BoothRequest, ...]) -> list[Tenancy]:
    """Every application in exactly one tenancy, in the order of the first members."""
    days = attendance(applications)
    together = {
        members[0]: _joined(applications, days, members)
        for members in _groups(applications).values()
        if obstacle(booths, applications, days, members) is None
    }
    joined = {member for tenancy in together.values() for member in tenancy.members}
    alone = {n: _joined(applications, days, (n,)) for n in range(len(applications)) if n not in joined}
    return [tenancy for _, tenancy in sorted((together | alone).items())]


def attendance(applications: tuple[BoothRequest, ...]) -> list[int]:
    """The days of each application as bits. Days with the same applications are one bit."""
    comers: dict[str, list[int]] = defaultdict(list)
    for number, application in enumerate(applications):
        for day in application.days:
            comers[day].append(number)
    everyday = [number for number, application in enumerate(applications) if not application.days]
    different = sorted({tuple(numbers) for numbers in comers.values()})
    days = [0] * len(applications)
    for bit, numbers in enumerate(different or [()]):
        for number in (*numbers, *everyday):
            days[number] |= 1 << bit
    return days


def _groups(applications: tuple[BoothRequest, ...]) -> dict[str, tuple[int, ...]]:
    members: dict[str, list[int]] = defaultdict(list)
    for number, application in enumerate(applications):
        if application.share is not None:
            members[application.share].append(number)
    return {name: tuple(numbers) for name, numbers in members.items() if len(numbers) > 1}


def _joined(applications: tuple[BoothRequest, ...], days: list[int], members: tuple[int, ...]) -> Tenancy:
    asked = {number: applications[number] for number in members}
    every = reduce(int.__or__, (days[number] for number in members))
    present = [[n for n in members if days[n] >> bit & 1] for bit in range(every.bit_length())]
    needs = Needs(
        power_va=max(sum(asked[number].needs.power_va for number in there) for there in present),
        water=any(one.needs.water for one in asked.values()),
        accessible=any(one.needs.accessible for one in asked.values()),
    )
    pinned = next((one.pinned for one in asked.values() if one.pinned is not None), None)
    return Tenancy(members, needs, max(len(there) for there in present), every, pinned)


def obstacle(
    booths: tuple[OpenBooth, ...], applications: tuple[BoothRequest, ...], days: list[int], members: tuple[int, ...]
) -> Reason | None:
    """Why no booth can take a whole sharing group, so that each member gets one alone; ``None`` if one can.

    ``days`` is the ``attendance`` of all applications.
    """
    pins = {applications[number].pinned for number in members} - {None}
    if len(pins) > 1:
        return because("share_impossible", "The group shares no booth: its members are pinned to different booths.")
    tenancy = _joined(applications, days, members)
    if pins:
        return _pin_too_small(booths, tenancy)
    if any(
        days[one] & days[other] and _avoid(applications[one], applications[other])
        for one, other in combinations(members, 2)
    ):
        return because("share_impossible", "The group shares no booth: two of its members avoid each other.")
    taken = {
        one.pinned for number, one in enumerate(applications) if number not in members and days[number] & tenancy.days
    }
    roomy = [booth for booth in booths if booth.tenants >= tenancy.tenants and booth.code not in taken]
    if not roomy:
        return because(
            "share_impossible",
            "The group shares no booth: none has room for %(count)s, or others are pinned there.",
            count=tenancy.tenants,
        )
    if all(tenancy.missing(booth) for booth in roomy):
        return because(
            "share_impossible",
            "The group shares no booth: none with room for %(count)s has what they need together.",
            count=tenancy.tenants,
        )
    return None


def _pin_too_small(booths: tuple[OpenBooth, ...], tenancy: Tenancy) -> Reason | None:
    room = next((booth.tenants for booth in booths if booth.code == tenancy.pinned), 1)
    if room >= tenancy.tenants:
        return None
    return because(
        "share_impossible",
        "The group shares no booth: booth %(booth)s, where one of it is pinned, has room for %(room)s.",
        booth=tenancy.pinned or "",
        room=room,
    )


def _avoid(one: BoothRequest, other: BoothRequest) -> bool:
    return other.id in one.avoid or one.id in other.avoid
