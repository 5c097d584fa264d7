"""The file that a fair is made from: its shape and types, read into a plan. What it means is checked later."""

import re
from datetime import date, time

from exhibition.core.files.json_documents import Fields, Malformed, shown
from exhibition.editions.plans import ContactPlan, EditionPlan, GatePlan, SessionPlan
from exhibition.gate.occupancy.caps import LARGEST_CAP
from exhibition.venue.rules import hall_grid
from exhibition.venue.rules.day_windows import Hours
from exhibition.venue.rules.edition import Reentry
from exhibition.venue.rules.hall_grid import HallGrid
from exhibition.visitors.rules import LARGEST_CAPACITY

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HOUR = re.compile(r"[0-9]{2}:[0-9]{2}")
A_DAY_MINUTES = 24 * 60
SHORTEST_SESSION_MINUTES = 5
MOST_GATES = 100
PAIR = 2


def read(document: Fields) -> EditionPlan:
    """The plan in a document (schema: docs/editions.md). Raises ``Malformed``, also for a field that nobody knows."""
    plan = EditionPlan(
        slug=_text(document, "slug"),
        name=_text(document, "name"),
        starts_on=_day(document, "starts_on"),
        ends_on=_day(document, "ends_on"),
        venue_name=_text(document, "venue_name", EditionPlan.venue_name),
        address=_text(document, "address", EditionPlan.address),
        timezone=_text(document, "timezone", EditionPlan.timezone),
        opens=_hour(document.value("opens"), document.at("opens"), EditionPlan.opens),
        closes=_hour(document.value("closes"), document.at("closes"), EditionPlan.closes),
        contact=_contact(document.part("contact")),
        hall=_hall(document.optional_part("hall")),
        open_booths=_open_booths(document),
        sessions=_sessions(document.optional_part("sessions")),
        inside_cap=_inside_cap(document),
        reentry=_reentry(document),
        gates=tuple(
            GatePlan(_text(gate, "code"), _text(gate, "name")) for gate in document.parts("gates", most=MOST_GATES)
        ),
    )
    if unknown := document.unknown():
        raise Malformed(f"{unknown[0]} is not a known field.")
    return plan


def _text(part: Fields, name: str, default: str | None = None) -> str:
    value = part.value(name)
    if value is None:
        if default is None:
            raise Malformed(f"{part.at(name)} is missing.")
        return default
    if not isinstance(value, str):
        raise Malformed(f"{part.at(name)} must be a text, not {shown(value)}.")
    return value


def _day(part: Fields, name: str) -> date:
    text = _text(part, name)
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # a day that no month has
        pass
    raise Malformed(f"{part.at(name)} must be a date such as 2026-11-06, not {shown(text)}.")


def _hour(value: object, path: str, default: time | None = None) -> time:
    if value is None and default is not None:
        return default
    try:
        if isinstance(value, str) and HOUR.fullmatch(value):
            return time.fromisoformat(value)
    except ValueError:  # an hour that no day has
        pass
    raise Malformed(f"{path} must be a time of day such as 09:00, not {shown(value)}.")


def _items(value: object, path: str) -> list[object]:
    if not isinstance(value, list):
        raise Malformed(f"{path} must be a list, not {shown(value)}.")
    return value


def _contact(part: Fields) -> ContactPlan:
    return ContactPlan(*(_text(part, name, "") for name in ("organizer", "email", "phone", "whatsapp")))


def _hall(part: Fields | None) -> HallGrid | None:
    if part is None:
        return None
    rows = part.whole("rows", minimum=1, maximum=hall_grid.MOST_ROWS)
    columns = part.whole("columns", minimum=1, maximum=hall_grid.MOST_COLUMNS)
    if rows * columns > hall_grid.MOST_BOOTHS:
        raise Malformed(f"hall.columns makes {rows * columns} booths; at most {hall_grid.MOST_BOOTHS} are possible.")
    path = part.at("booth")
    sides = _items(part.value("booth"), path)
    if len(sides) != PAIR:
        raise Malformed(f"{path} must be a list of width and depth, not {shown(sides)}.")
    size = Fields(dict(zip(("width", "depth"), sides, strict=True)), path)
    least, most = hall_grid.BOOTH_SIDES
    return HallGrid(
        rows=rows,
        columns=columns,
        booth_width=size.number("width", minimum=least, maximum=most),
        booth_depth=size.number("depth", minimum=least, maximum=most),
        aisle=part.number("aisle", minimum=0, maximum=hall_grid.WIDEST_AISLE),
    )


def _open_booths(document: Fields) -> int | tuple[str, ...] | None:
    value, path = document.value("open_booths"), document.at("open_booths")
    if value is None:
        return None
    if not isinstance(value, list):
        return document.whole("open_booths", minimum=1)
    for number, code in enumerate(_items(value, path)):
        if not isinstance(code, str):
            raise Malformed(f"{path}[{number}] must be a text, not {shown(code)}.")
    return tuple(value)


def _sessions(part: Fields | None) -> SessionPlan | None:
    if part is None:
        return None
    breaks = part.value("breaks")
    path = part.at("breaks")
    return SessionPlan(
        every_minutes=part.whole("every_minutes", minimum=SHORTEST_SESSION_MINUTES, maximum=A_DAY_MINUTES),
        people=part.whole("people", minimum=1, maximum=LARGEST_CAPACITY),
        breaks=tuple(
            _break(pair, f"{path}[{number}]")
            for number, pair in enumerate([] if breaks is None else _items(breaks, path))
        ),
    )


def _break(value: object, path: str) -> Hours:
    pair = _items(value, path)
    if len(pair) != PAIR:
        raise Malformed(f"{path} must be a list of beginning and end, not {shown(pair)}.")
    return _hour(pair[0], f"{path}[0]"), _hour(pair[1], f"{path}[1]")


def _inside_cap(document: Fields) -> int | None:
    if document.value("inside_cap") is None:
        return None
    return document.whole("inside_cap", maximum=LARGEST_CAP)


def _reentry(document: Fields) -> Reentry:
    value = document.value("reentry")
    if value is None:
        return EditionPlan.reentry
    if value not in list(Reentry):
        raise Malformed(f"{document.at('reentry')} must be one of {', '.join(Reentry)}, not {shown(value)}.")
    return Reentry(value)
