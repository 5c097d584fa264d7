"""The columns of the list of registrations, on the page and in files."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from exhibition.core.contacts import email_hint, phone_hint
from exhibition.core.i18n import LOCALES, short_date
from exhibition.core.i18n import lazy as _l
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, state_column
from exhibition.visitors.listing import search
from exhibition.visitors.listing.search import FoundRegistration
from exhibition.visitors.models import PassState
from exhibition.visitors.web.views import slot_hours

NUMBER, MOMENT = ColumnKind.NUMBER, ColumnKind.MOMENT


def _state(found: FoundRegistration) -> list[Chip]:
    match found.state:
        case PassState.CANCELLED:
            return [Chip(_l("Cancelled"), "bad")]
        case PassState.REVOKED:
            return [Chip(_l("Withdrawn by the organizer"), "bad")]
        case _ if found.admitted:
            let_in = _("%(admitted)s of %(party)s let in", admitted=found.admitted, party=found.party_size)
            return [Chip(let_in, "accent")]
        case _:
            return [Chip(_l("Valid"), "good")]


def _contact(found: FoundRegistration) -> str:
    return ", ".join(hint for hint in (email_hint(found.email or ""), phone_hint(found.phone or "")) if hint)


def _name(found: FoundRegistration) -> str:
    return found.name or Markup('<span class="muted">{}</span>').format(_("erased"))


def _own(key: str, heading: Any, **more: Any) -> ListColumn[FoundRegistration]:
    """A column of what the registration itself holds under this name."""
    return ListColumn(key, heading, lambda found: getattr(found, key), **more)


REGISTRATIONS = ListDescription[FoundRegistration](
    "registrations",
    (
        _own(
            "reference",
            _l("Reference"),
            order=search.REFERENCE,
            link=lambda found: url_for("visitors_desk.registration", registration_id=found.registration_id),
            names=True,
        ),
        _own("name", _l("Name"), order=search.NAME, shown=_name, personal=True),
        _own(
            "starts_at",
            _l("Session"),
            kind=MOMENT,
            order=search.SESSION,
            shown=lambda found: f"{short_date(found.starts_at)}, {slot_hours(found)}",
        ),
        _own("party_size", _l("Party size"), kind=NUMBER, order=search.PEOPLE),
        state_column("state", _l("State"), _state, order=search.STATE),
        ListColumn("contact", _l("Contact"), _contact, personal=True),
        _own("created_at", _l("Registered"), kind=MOMENT, order=search.NEWEST, at_first=False),
        _own("ends_at", _l("Ends"), kind=MOMENT, at_first=False),
        _own("admitted", _l("Let in"), kind=NUMBER, at_first=False),
        _own("walk_in", _l("Walk-in"), at_first=False),
        ListColumn("locale", _l("Language"), lambda found: LOCALES.get(found.locale, found.locale), at_first=False),
    ),
    id_of=lambda found: found.registration_id,
    attributes=lambda found: {"data-testid": "registration", "data-reference": found.reference},
)
