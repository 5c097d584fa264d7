"""Who takes a booth together: each sharing group as one tenancy where a booth can take it whole, the others alone.

The rules are published in docs/allocation.md, under "Sharing a booth".
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from exhibition.allocation.problem import Application, Booth, Needs, Reason, because


@dataclass(frozen=True)
class Tenancy:
    """The applications, by number, that get one booth together or none; most often one alone."""

    members: tuple[int, ...]
    needs: Needs
    """Of all together; power adds up."""
    tenants: int = 1
    """For how many there must be room."""
    pinned: str | None = None
    """The booth that the organizer has decided on for one of them, and so for all."""

    def missing(self, booth: Booth) -> list[str]:
        """The names of what a booth lacks for them."""
        return [*self.needs.missing(booth), *(["tenants"] if booth.tenants < self.tenants else [])]


def tenancies(booths: tuple[Booth, ...], applications: tuple[Application, ...]) -> list[Tenancy]:
    """Every application in exactly one tenancy, in the order of the first members."""
    found: list[Tenancy] = []
    groups = _groups(applications)
    together: dict[int, Tenancy] = {}
    for members in groups.values():
        if obstacle(booths, applications, members) is None:
            together[members[0]] = _joined(applications, members)
    joined = {member for tenancy in together.values() for member in tenancy.members}
    for number in range(len(applications)):
        if number in together:
            found.append(together[number])
        elif number not in joined:
            found.append(_joined(applications, (number,)))
    return found


def _groups(applications: tuple[Application, ...]) -> dict[str, tuple[int, ...]]:
    members: dict[str, list[int]] = defaultdict(list)
    for number, application in enumerate(applications):
        if application.share is not None:
            members[application.share].append(number)
    return {name: tuple(numbers) for name, numbers in members.items() if len(numbers) > 1}


def _joined(applications: tuple[Application, ...], members: tuple[int, ...]) -> Tenancy:
    asked = [applications[number] for number in members]
    needs = Needs(
        power_va=sum(one.needs.power_va for one in asked),
        water=any(one.needs.water for one in asked),
        accessible=any(one.needs.accessible for one in asked),
    )
    pinned = next((one.pinned for one in asked if one.pinned is not None), None)
    return Tenancy(members, needs, len(members), pinned)


def obstacle(
    booths: tuple[Booth, ...], applications: tuple[Application, ...], members: tuple[int, ...]
) -> Reason | None:
    """Why a sharing group cannot take one booth whole, so that each of it asks for one alone; ``None`` if it can."""
    pins = {applications[number].pinned for number in members} - {None}
    if len(pins) > 1:
        return because("share_impossible", "The group shares no booth: its members are pinned to different booths.")
    tenancy = _joined(applications, members)
    if pins:
        return _pin_too_small(booths, tenancy)
    if any(_avoid(applications[one], applications[other]) for one, other in combinations(members, 2)):
        return because("share_impossible", "The group shares no booth: two of its members avoid each other.")
    taken = {one.pinned for number, one in enumerate(applications) if number not in members}
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


def _pin_too_small(booths: tuple[Booth, ...], tenancy: Tenancy) -> Reason | None:
    room = next((booth.tenants for booth in booths if booth.code == tenancy.pinned), 1)
    if room >= tenancy.tenants:
        return None
    return because(
        "share_impossible",
        "The group shares no booth: booth %(booth)s, where one of it is pinned, has room for %(room)s.",
        booth=tenancy.pinned or "",
        room=room,
    )


def _avoid(one: Application, other: Application) -> bool:
    return other.id in one.avoid or one.id in other.avoid
