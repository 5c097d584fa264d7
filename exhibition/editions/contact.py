"""Who a fair's organizer is and how people reach them, changed at the desk."""

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import transaction
from exhibition.editions.checking import reachable
from exhibition.editions.plans import ContactPlan
from exhibition.venue.models import Exhibition

NAMES = ("organizer_name", "contact_email", "contact_phone", "contact_whatsapp")


@transaction
def change(actor: Actor, exhibition: Exhibition, contact: ContactPlan) -> None:
    """Write it down; empty: not that way. Raises Refused ``invalid`` (422) with a field of the plan."""
    contact = reachable(contact)
    values: dict[str, str] = dict(
        zip(NAMES, (contact.organizer, contact.email, contact.phone, contact.whatsapp), strict=True)
    )
    before: dict[str, str] = {name: getattr(exhibition, name) for name in NAMES}
    if values == before:
        return
    for name, value in values.items():
        setattr(exhibition, name, value)
    changed = [name for name in NAMES if values[name] != before[name]]
    was, now = ({name: side[name] for name in changed} for side in (before, values))
    record(actor, "exhibition.edit", "exhibition", exhibition.id, name=exhibition.name, before=was, after=now)
