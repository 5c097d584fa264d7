"""The list of registrations as a file: what is shown, in its order. The audit trail keeps who took it, and why."""

from collections.abc import Iterator

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import transaction
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy
from exhibition.visitors.listing.search import FoundRegistration, RegistrationOrder, lines
from exhibition.visitors.listing.sought import RegistrationSearch


@transaction
def hand_out(
    actor: Actor,
    exhibition: Exhibition,
    sought: RegistrationSearch,
    order: RegistrationOrder,
    *,
    kind: str,
    reason: str | None,
) -> Iterator[FoundRegistration]:
    """All registrations that match, read bit by bit after this use case has ended.

    ``kind`` is that of the file. ``reason`` is None for a file that names nobody; raises Refused ``reason_missing``
    (422, ``reason``) for what is no reason.
    """
    if reason is not None:
        privacy.require_reason(reason)
    after = {"kind": kind} | ({"reason": reason} if reason else {})
    record(actor, "export.make", "export", "registrations", name=exhibition.name, after=after)
    return lines(exhibition, sought, order)
