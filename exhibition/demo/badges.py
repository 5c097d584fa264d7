"""Badges of the demo's exhibitors: some booths have all they may have, most have two, and one badge was lost and
reissued.
"""

from exhibition.accounts.audit import Actor
from exhibition.allocation import service as allocation
from exhibition.badges import service
from exhibition.core.db import transaction
from exhibition.venue.models import Exhibition

NAMES = (
    "Tini Suparti", "Agus Prasetyo", "Wahyu Nugroho", "Sri Lestari", "Eko Saputra", "Nur Hidayah", "Bambang Riyadi",
    "Dewi Anggraini", "Joko Susilo", "Ratih Kusuma", "Slamet Widodo", "Yuni Astuti", "Hendra Wijaya", "Siti Rahayu",
)  # fmt: skip
STAFFED = 9
"""Exhibitors that have already named their staff."""


@transaction
def add(exhibition: Exhibition) -> int:
    """Issue badges and return how many."""
    claims = [claim for claim in allocation.claims(exhibition) if claim.confirmed]
    claims.sort(key=lambda claim: (claim.slug != "keripik-bu-tini", claim.allocation_id))
    given = 0
    for place, claim in enumerate(claims[:STAFFED]):
        who = Actor(None, claim.exhibitor)
        count = exhibition.badges_per_booth if place == 1 else 2
        names = (NAMES[(given + one) % len(NAMES)] for one in range(count))
        badges = [service.issue(who, exhibition, claim.exhibitor_id, name) for name in names]
        given += count
        if place == 0:
            service.reissue(who, exhibition, badges[0].id)
    return given
