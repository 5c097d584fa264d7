"""The fair as schema.org's ``Event``, for search engines."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState

CONTEXT = "https://schema.org"


def _moment(exhibition: Exhibition, day: date, hour: time) -> str:
    return datetime.combine(day, hour, ZoneInfo(exhibition.timezone)).isoformat()


def _status(exhibition: Exhibition) -> dict[str, str]:
    """Whether the fair takes place, and the day that it was announced for before."""
    before = exhibition.rescheduled_from
    previous = {"previousStartDate": before.isoformat()} if before is not None else {}
    match exhibition.told_state:
        case EditionState.CALLED_OFF:
            name = "EventCancelled"
        case EditionState.POSTPONED:
            name = "EventPostponed"
        case _:
            name = "EventRescheduled" if previous else "EventScheduled"
    return {"eventStatus": f"{CONTEXT}/{name}"} | previous


def event(exhibition: Exhibition, *, address: str, picture: str, register: str, room: bool) -> Mapping[str, object]:
    """The document. ``address``, ``picture`` and ``register`` are full addresses; ``room``: whether passes are left."""
    first, last = exhibition.starts_on.isoformat(), exhibition.ends_on.isoformat()
    if exhibition.days:
        opening, closing = exhibition.days[0], exhibition.days[-1]
        first = _moment(exhibition, opening.day, opening.opens_at)
        last = _moment(exhibition, closing.day, closing.closes_at)
    place: dict[str, object] = {"@type": "Place", "name": exhibition.venue_name}
    if exhibition.address:
        place["address"] = {"@type": "PostalAddress", "streetAddress": exhibition.address, "addressCountry": "ID"}
    if exhibition.directions_url:
        place["hasMap"] = exhibition.directions_url
    return {
        "@context": CONTEXT,
        "@type": "Event",
        "@id": f"{address}#fair",
        "name": exhibition.name,
        "description": exhibition.tagline or exhibition.name,
        "url": address,
        "image": [picture],
        "startDate": first,
        "endDate": last,
        **_status(exhibition),
        "eventAttendanceMode": f"{CONTEXT}/OfflineEventAttendanceMode",
        "location": place,
        "isAccessibleForFree": True,
        "offers": {
            "@type": "Offer",
            "price": "0",
            "priceCurrency": "IDR",
            "url": register,
            "availability": f"{CONTEXT}/{'InStock' if room else 'SoldOut'}",
        },
    }
