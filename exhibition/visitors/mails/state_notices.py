"""Visitors with a pass are told when the fair is called off or postponed, and when it takes place after all."""

from exhibition.core import clock
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.mails import notices
from exhibition.visitors.models import MessageKind, TimeSlot

NEWS = {
    EditionState.CALLED_OFF: MessageKind.CALLED_OFF,
    EditionState.POSTPONED: MessageKind.POSTPONED,
    EditionState.PUBLISHED: MessageKind.TAKES_PLACE,
}
NOT_SEEN = frozenset({EditionState.DRAFT, EditionState.ARCHIVED})
"""From these no visitor waits for news."""


def tell(exhibition: Exhibition, *, before: EditionState) -> None:
    """Write to everybody whose session is not over; handles ``states.changed``."""
    kind = NEWS.get(exhibition.state)
    if kind is None or before in NOT_SEEN:
        return
    now = clock.now()
    to_come = (TimeSlot.exhibition_id == exhibition.id) & (TimeSlot.ends_at > now)
    notices.tell(notices.in_sessions(to_come), kind, f"edition {exhibition.id} {exhibition.state} {now.isoformat()}")


states.changed.connect(tell)
