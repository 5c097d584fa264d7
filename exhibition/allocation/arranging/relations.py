"""What matters to the exhibitor of the chosen booth: wished booths, competitors, neighbours wished or avoided."""

from dataclasses import dataclass, field

from exhibition.allocation.arranging.worth import asked
from exhibition.venue.models import Exhibition


@dataclass(frozen=True)
class Relations:
    """Codes of booths, as the proposal sees them; ``wishes`` with their rank from 1."""

    wishes: dict[str, int] = field(default_factory=dict)
    rivals: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    avoided: set[str] = field(default_factory=set)


def relations(exhibition: Exhibition, exhibitor_id: int) -> Relations:
    """Empty for an exhibitor who is not considered in proposals."""
    from exhibition.allocation.solver.scoring import traits  # its library is large: not at every start

    built = asked(exhibition)
    applications = built.problem.applications
    own = next((n for n, one in enumerate(applications) if built.exhibitors[one.id] == exhibitor_id), None)
    if own is None:
        return Relations()
    one, of = applications[own], traits(applications)
    stands = {other.id: other.current for number, other in enumerate(applications) if number != own and other.current}
    return Relations(
        wishes={code: rank for rank, code in enumerate(one.wishes, start=1)},
        rivals={
            code for n, other in enumerate(applications) if (code := stands.get(other.id)) and of[own].competes(of[n])
        },
        near={stands[id_] for id_ in one.near if id_ in stands},
        avoided={
            stands[other.id]
            for other in applications
            if other.id in stands and (other.id in one.avoid or one.id in other.avoid)
        },
    )
