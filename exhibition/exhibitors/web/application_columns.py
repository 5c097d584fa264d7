"""The columns of the list of applications, on the page and in files.

The page has no list of contacts to carry away: addresses and numbers are whole in files only, for which the password is
asked (``accounts.web.disclosure``).
"""

from typing import Any

from flask import url_for

from exhibition.core.contacts import email_hint, phone_hint
from exhibition.core.i18n import lazy as _l
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription
from exhibition.exhibitors.applications import desk
from exhibition.exhibitors.applications import texts as application_texts
from exhibition.exhibitors.applications.desk import ApplicationLine
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.exhibitors.texts import KINDS


def _doubts(line: ApplicationLine) -> list[Chip]:
    doubts = ((line.duplicate, Chip(_l("duplicate?"), "warn")), (line.incomplete, Chip(_l("incomplete"))))
    return [chip for holds, chip in doubts if holds]


def _state(line: ApplicationLine) -> list[Chip]:
    state = line.application.state
    return [Chip(application_texts.STATES[state], application_texts.TAGS[state])]


def _own(key: str, heading: Any, **more: Any) -> ListColumn[ApplicationLine]:
    """A column of what the application itself holds under this name; lists are written with commas."""

    def value(line: ApplicationLine) -> Any:
        held = getattr(line.application, key)
        return ", ".join(held) if isinstance(held, list) else held

    return ListColumn(key, heading, value, **more)


NUMBER = ColumnKind.NUMBER
APPLICATIONS = ListDescription[ApplicationLine](
    "applications",
    (
        ListColumn(
            "rank",
            _l("Rank"),
            lambda line: None if line.application.state is ApplicationState.DRAFT else line.rank,
            NUMBER,
            order=desk.RANK,
        ),
        ListColumn(
            "name",
            _l("Business"),
            lambda line: line.application.name,
            order=desk.NAME,
            link=lambda line: url_for("applications_desk.application", application_id=line.application.id),
            chips=_doubts,
            names=True,
        ),
        ListColumn(
            "state",
            _l("State"),
            lambda line: str(application_texts.STATES[line.application.state]),
            ColumnKind.STATE,
            order=desk.STATE,
            chips=_state,
        ),
        ListColumn("points", _l("Points"), lambda line: line.points, NUMBER, order=desk.POINTS),
        _own("product_group", _l("Product group"), order=desk.GROUP),
        _own("district", _l("District"), order=desk.DISTRICT),
        ListColumn(
            "all_wishes",
            _l("Wishes"),
            lambda line: ", ".join((*line.application.wishes, *line.application.zone_wishes)),
        ),
        _own("submitted_at", _l("Handed in"), kind=ColumnKind.MOMENT, order=desk.NEWEST),
        _own("reference", _l("Application number"), at_first=False),
        ListColumn("kind", _l("Kind"), lambda line: str(KINDS[line.application.kind]), at_first=False),
        _own("contact_name", _l("Contact person"), at_first=False),
        _own("phone", _l("Phone"), at_first=False, shown=lambda line: phone_hint(line.application.phone)),
        _own("email", _l("E-mail"), at_first=False, shown=lambda line: email_hint(line.application.email)),
        ListColumn(
            "cluster",
            _l("Cluster"),
            lambda line: line.application.cluster.name if line.application.cluster else "",
            at_first=False,
        ),
        _own("attended", _l("Attended before"), at_first=False),
        _own("nib", _l("NIB"), at_first=False),
        _own("pirt", _l("P-IRT"), at_first=False),
        _own("halal", _l("Halal"), at_first=False),
        _own("power_va", _l("Power (VA)"), kind=NUMBER, at_first=False),
        _own("water", _l("Water"), at_first=False),
        _own("accessible", _l("Accessible"), at_first=False),
        _own("zone_wishes", _l("Zone wishes"), at_first=False),
        _own("wishes", _l("Booth wishes"), at_first=False),
        _own("near", _l("Near"), at_first=False),
        _own("avoid", _l("Avoid"), at_first=False),
        _own("share", _l("Would share"), at_first=False),
        _own("storefront_url", _l("Online shop"), at_first=False),
        _own("description", _l("Description"), at_first=False),
        ListColumn("files", _l("Files"), lambda line: len(line.application.documents), NUMBER, at_first=False),
        ListColumn("duplicate", _l("Possible duplicate"), lambda line: line.duplicate, at_first=False),
        ListColumn("incomplete", _l("Incomplete"), lambda line: line.incomplete, at_first=False),
    ),
    id_of=lambda line: line.application.id,
    attributes=lambda line: {
        "data-testid": "application",
        "data-reference": line.application.reference,
        "data-state": line.application.state.value,
    },
)
