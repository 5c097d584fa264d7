"""What the published result of a selection says, as plain values: who applied, in which order, and who has a booth.

docs/selection.md describes the document; docs/recompute_selection.py computes its order again and shares no code with
this.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.exhibitors.rules.quotas import CallQuotas, QuotaSubject

FORMAT = "exhibition-selection-1"
NONE_NAMED = ""
"""The group or district of those who named none."""


class SelectionOutcome(enum.StrEnum):
    """What came of an application."""

    BOOTH = "booth"
    """Offered, accepted or confirmed."""
    GIVEN_BACK = "given_back"
    WAITING = "waiting"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    NONE = "none"


_OUTCOMES = {
    ApplicationState.WAITLISTED: SelectionOutcome.WAITING,
    ApplicationState.REJECTED: SelectionOutcome.REJECTED,
    ApplicationState.WITHDRAWN: SelectionOutcome.WITHDRAWN,
    ApplicationState.DECLINED: SelectionOutcome.GIVEN_BACK,
    ApplicationState.CANCELLED: SelectionOutcome.GIVEN_BACK,
}


def outcome(state: ApplicationState, *, has_booth: bool) -> SelectionOutcome:
    return SelectionOutcome.BOOTH if has_booth else _OUTCOMES.get(state, SelectionOutcome.NONE)


@dataclass(frozen=True)
class SelectedApplication:
    """One application of the published result, in the order of the document's ``applications``."""

    reference: str
    kind: str
    district: str
    product_group: str
    attended: bool
    in_cluster: bool
    local: bool
    newcomer: bool
    points: int
    lot: str
    rank: int
    outcome: SelectionOutcome
    reason: str = ""
    """The code of the proposal's reason why it has no booth; empty where no proposal said so."""
    booth: str = ""
    exhibitor: str = ""
    """Named only if the booth is confirmed, because then the catalogue names it too."""

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        return cls(**{**entry, "outcome": SelectionOutcome(entry["outcome"])})


@dataclass(frozen=True)
class QuotaKept:
    """A quota and what came of it among the applications with a booth."""

    subject: QuotaSubject
    percent: int
    hard: bool
    counted: int
    """Those from the regency, the newcomers, or those of the largest product group."""
    of: int
    group: str = ""


def quotas_kept(quotas: CallQuotas, applications: Iterable[SelectedApplication]) -> list[QuotaKept]:
    """What came of each quota."""
    placed = [one for one in applications if one.outcome is SelectionOutcome.BOOTH]
    found: list[QuotaKept] = []
    for subject, share in quotas.shares.items():
        group, counted = "", 0
        if subject is QuotaSubject.PRODUCT_GROUP:
            for one in shares((entry.product_group, entry.outcome) for entry in placed if entry.product_group):
                group, counted = (one.name, one.applied) if one.applied > counted else (group, counted)
        else:
            counted = sum(one.local if subject is QuotaSubject.LOCAL else one.newcomer for one in placed)
        found.append(QuotaKept(subject, share.percent, share.hard, counted, len(placed), group))
    return found


@dataclass(frozen=True)
class Share:
    """How many of a product group or district applied, and how many of them have a booth."""

    name: str
    applied: int
    with_booth: int


def shares(names: Iterable[tuple[str, SelectionOutcome]]) -> list[Share]:
    """By name, spellings that differ only in case and spaces as one, most applicants first."""
    counts: dict[str, list[int]] = {}
    written: dict[str, str] = {}
    for name, found in names:
        key = "".join(name.casefold().split())
        written.setdefault(key, " ".join(name.split()))
        count = counts.setdefault(key, [0, 0])
        count[0] += 1
        count[1] += found is SelectionOutcome.BOOTH
    found = [Share(written[key], *count) for key, count in counts.items()]
    return sorted(found, key=lambda share: (-share.applied, share.name.casefold()))


@dataclass(frozen=True)
class SelectionStanding:
    """One application within the published result, for the applicant."""

    own: SelectedApplication
    applied: int
    with_booth: int
    last_points: int | None
    """The points of the last in the order who has a booth; None when nobody has one."""
    behind: int
    """How many have a booth although they come after it in the order."""

    @property
    def lacking(self) -> int:
        """The points that were missing to the last who has a booth."""
        return 0 if self.last_points is None else max(0, self.last_points - self.own.points)


def standing(applications: Iterable[SelectedApplication], reference: str) -> SelectionStanding | None:
    """Where an application stands; None when the result does not know it."""
    everybody = list(applications)
    own = next((one for one in everybody if one.reference == reference), None)
    if own is None:
        return None
    placed = sorted((one for one in everybody if one.outcome is SelectionOutcome.BOOTH), key=lambda one: one.rank)
    return SelectionStanding(
        own,
        applied=len(everybody),
        with_booth=len(placed),
        last_points=placed[-1].points if placed else None,
        behind=sum(one.rank > own.rank for one in placed),
    )
