"""What a plan may say: each fault is refused with the field that it is in, before anything is written."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused
from exhibition.editions.plans import ContactPlan, EditionPlan, SessionPlan
from exhibition.venue.edition.days import check_days
from exhibition.venue.plan.reading.plan_values import LARGEST_HALL_M
from exhibition.venue.rules.day_windows import Hours, windows
from exhibition.visitors.registration.contact import BadContact, clean_email, clean_phone

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 64
LONGEST = {"name": 160, "venue_name": 160, "address": 300}
"""Characters."""
GATE_CODE = re.compile(r"[A-Z0-9]{1,8}")
LONGEST_GATE_NAME = 80


_first_words: frozenset[str] = frozenset()


def reserve(words: Iterable[str]) -> None:
    """Register the words that begin addresses of pages, so that no edition is called like one of them."""
    global _first_words  # noqa: PLW0603 wired once, by the factory
    _first_words = frozenset(words)


def _invalid(field: str, message: Any) -> Refused:
    return Refused("invalid", message, status=422, field=field)


def check(plan: EditionPlan) -> None:
    """Raises Refused with status 422: ``invalid``, ``date_invalid``, ``dates_order``, ``too_long``, ``hours_order``."""
    check_slug(plan.slug)
    for field, longest in LONGEST.items():
        _check_words(field, getattr(plan, field), longest, needed=field == "name")
    check_days(plan.starts_on, plan.ends_on)
    if plan.opens >= plan.closes:
        raise Refused("hours_order", _l("A day must close later than it opens."), status=422, field="closes")
    if plan.timezone not in available_timezones():
        raise _invalid("timezone", _l("There is no such time zone. Write it like Asia/Jakarta."))
    reachable(plan.contact)
    _check_hall(plan)
    if plan.sessions is not None:
        _check_sessions(plan.sessions, plan.opens, plan.closes)
    _check_gates(plan)


def check_slug(slug: str, field: str = "slug") -> None:
    """Raises Refused ``invalid`` (422) for what cannot be a part of an address, and ``slug_reserved`` for a page's."""
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        message = _l(
            "Use small letters, digits and single hyphens between them, at most %(longest)s.", longest=LONGEST_SLUG
        )
        raise _invalid(field, message)
    if slug in _first_words:
        message = _l("A page of this program has this name already. Take another, for example with the year.")
        raise Refused("slug_reserved", message, status=422, field=field)


def proposed_slug(name: str, year: int) -> str:
    """A slug made of a fair's name and year: ``Pameran UMKM`` in 2026 is ``pameran-umkm-2026``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    whole = "-".join([*words, *([] if str(year) in words else [str(year)])])
    if len(whole) <= LONGEST_SLUG:
        return whole
    return f"{'-'.join(words)[: LONGEST_SLUG - 5].strip('-')}-{year}"


def _check_words(field: str, words: str, longest: int, *, needed: bool) -> None:
    if len(words) > longest or not words.isprintable() or (needed and not words.strip()):
        raise _invalid(field, _l("Write 1 to %(longest)s ordinary characters.", longest=longest))


def reachable(contact: ContactPlan) -> ContactPlan:
    """The contact as it is kept: an address in its normal form, numbers in E.164. Raises Refused ``invalid`` (422)."""
    _check_words("contact.organizer", contact.organizer, LONGEST["name"], needed=False)
    field = "contact.email"
    try:
        email = clean_email(contact.email) or ""
        field = "contact.phone"
        phone = clean_phone(contact.phone) or ""
        field = "contact.whatsapp"
        return ContactPlan(contact.organizer.strip(), email, phone, clean_phone(contact.whatsapp) or "")
    except BadContact as bad:
        raise _invalid(field, bad.message) from bad


def _check_hall(plan: EditionPlan) -> None:
    if plan.hall is not None and max(plan.hall.width, plan.hall.depth) > LARGEST_HALL_M:
        raise _invalid("hall", _l("The hall is longer than %(metres)s metres.", metres=f"{LARGEST_HALL_M:g}"))
    wanted = plan.open_booths
    if wanted is None:
        return
    if plan.hall is None:
        raise _invalid("open_booths", _l("There is no hall whose booths could be opened."))
    codes = {booth.code for booth in plan.hall.booths()}
    if isinstance(wanted, int):
        if wanted > len(codes):
            raise _invalid("open_booths", _l("The hall has %(count)s booths only.", count=len(codes)))
        return
    for number, code in enumerate(wanted):
        if code not in codes:
            raise _invalid(f"open_booths[{number}]", _l("There is no booth %(code)s.", code=code[:16]))
    _check_each_once("open_booths[{}]", wanted)


def _check_each_once(field: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for number, code in enumerate(codes):
        if code in seen:
            raise _invalid(field.format(number), _l("%(code)s is there twice.", code=code))
        seen.add(code)


def _check_sessions(sessions: SessionPlan, opens: time, closes: time) -> None:
    for number, hours in enumerate(sessions.breaks):
        _check_break(f"sessions.breaks[{number}]", hours, opens, closes)
    if not windows(opens, closes, sessions.every_minutes, sessions.breaks):
        message = _l("No session of that length fits into the opening hours.")
        raise _invalid("sessions.every_minutes", message)


def _check_break(field: str, hours: Hours, opens: time, closes: time) -> None:
    begins, ends = hours
    if begins >= ends:
        raise _invalid(field, _l("A break must end after it begins."))
    if begins < opens or ends > closes:
        raise _invalid(field, _l("This break lies outside the opening hours."))


def _check_gates(plan: EditionPlan) -> None:
    for number, gate in enumerate(plan.gates):
        if not GATE_CODE.fullmatch(gate.code.upper()):
            raise _invalid(f"gates[{number}].code", _l("Use 1 to 8 letters and digits."))
        _check_words(f"gates[{number}].name", gate.name, LONGEST_GATE_NAME, needed=True)
    _check_each_once("gates[{}].code", [gate.code.upper() for gate in plan.gates])
