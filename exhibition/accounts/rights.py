"""Where somebody has which role: at every edition, or at some."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from exhibition.accounts.models import RoleName, User


@dataclass(frozen=True)
class Rights:
    """The roles of one person. ``at`` has those that hold at one edition, by its id."""

    everywhere: frozenset[str] = frozenset()
    at: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def anywhere(self) -> frozenset[str]:
        return self.everywhere.union(*self.at.values())

    def at_edition(self, exhibition_id: int) -> frozenset[str]:
        return self.everywhere | self.at.get(exhibition_id, frozenset())

    @property
    def administers(self) -> bool:
        """An organizer of every edition, also of those to come: may make editions and let people in."""
        return RoleName.ORGANIZER in self.everywhere


NOBODY = Rights()


def rights_of(user: User) -> Rights:
    at: dict[int, set[str]] = defaultdict(set)
    for one in user.edition_roles:
        at[one.exhibition_id].add(one.role.value)
    return Rights(
        frozenset(role.name for role in user.roles), {edition: frozenset(roles) for edition, roles in at.items()}
    )
