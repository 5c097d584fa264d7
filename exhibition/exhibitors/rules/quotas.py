"""The quotas of an edition's call, as plain values: shares of the booths, and which districts are the regency's own."""

import enum
from dataclasses import asdict, dataclass
from typing import Any, Self


class QuotaSubject(enum.StrEnum):
    """Whom a quota speaks of, named as in docs/allocation.md."""

    LOCAL = "local"
    NEWCOMERS = "newcomers"
    PRODUCT_GROUP = "product_group"


@dataclass(frozen=True)
class CallQuota:
    percent: int
    """Of the booths: at least for the regency and for newcomers, at most for one product group."""
    hard: bool
    """Whether a proposal must keep it; otherwise it is a wish."""


@dataclass(frozen=True)
class CallQuotas:
    """The quotas of a call, by subject; one that is not there limits nothing."""

    shares: dict[QuotaSubject, CallQuota]
    districts: tuple[str, ...] = ()
    """The regency's own districts, compared without regard to case and spaces."""

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        """From the form in which the call keeps them."""
        shares = {QuotaSubject(name): CallQuota(**share) for name, share in kept.get("shares", {}).items()}
        return cls(shares, tuple(kept.get("districts", ())))

    def document(self) -> dict[str, Any]:
        return {
            "shares": {subject.value: asdict(share) for subject, share in self.shares.items()},
            "districts": list(self.districts),
        }

    def is_local(self, district: str) -> bool:
        """Whether a district is one of the regency's own."""
        return bool(_compared(district)) and _compared(district) in set(map(_compared, self.districts))


def _compared(district: str) -> str:
    return "".join(district.casefold().split())
