"""Visitors with a pass are told when the fair is called off or postponed, and when it takes place after all."""

from exhibition.core import clock
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState, state_news
from exhibition.visitors.mails import notices
from exhibition.visitors.models import MessageKind, TimeSlot


def tell(exhibition: Exhibition, *, before: EditionState) -> None:
    """Write to everybody whose session is not over; handles ``states.changed``."""
    news = state_news(before, exhibition.state)
    if news is None:
        return
    now = clock.now()
    to_come = (TimeSlot.exhibition_id == exhibition.id) & (TimeSlot.ends_at > now)
    occasion = f"edition {exhibition.id} {exhibition.state} {now.isoformat()}"
    notices.tell(notices.in_sessions(to_come), MessageKind(f"visitor.{news}"), occasion)


states.changed.connect(tell)
