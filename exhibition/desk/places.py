"""Where each page of the desk belongs: five places and the settings, and the tabs of each.

This table is the only place that says so. A test walks the URL map and fails on a page of the desk that is missing
here. What somebody may open is decided by the access table alone.
"""

import enum
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


class DeskNeed(enum.StrEnum):
    """What waits for somebody at the desk; its number stands in the navigation."""

    CONFLICTS = "conflicts"
    ROUNDS = "rounds"
    LISTINGS = "listings"
    ADDRESSES = "addresses"


@dataclass(frozen=True)
class Tab:
    """One list or form of the desk, with the pages that one reaches from it."""

    endpoint: str
    label: Any
    below: tuple[str, ...] = ()
    """The endpoints of further pages that belong to this tab."""
    need: DeskNeed | None = None

    def holds(self, endpoint: str) -> bool:
        return endpoint == self.endpoint or endpoint in self.below


@dataclass(frozen=True)
class DeskPlace:
    key: str
    """Names its icon."""
    label: Any
    tabs: tuple[Tab, ...]

    def tab_of(self, endpoint: str) -> Tab | None:
        return next((tab for tab in self.tabs if tab.holds(endpoint)), None)


PLACES = (
    DeskPlace(
        "today",
        _l("Today"),
        (
            Tab("reports.desk", _l("Today")),
            Tab(
                "preparation.show",
                _l("Preparation"),
                ("preparation.state", "preparation.reach", "hall_grid.show"),
            ),
        ),
    ),
    DeskPlace(
        "booths",
        _l("Booths"),
        (
            Tab("allocation.plan", _l("Floor plan")),
            Tab(
                "hall.editor",
                _l("Hall"),
                ("hall.versions", "hall.version", "hall_import.start", "hall_import.preview"),
            ),
            Tab("layouts.show", _l("Layouts"), ("layouts.layout", "layouts.ask", "layouts.draft")),
            Tab("proposal.show", _l("Proposal")),
            Tab("waiting.show", _l("Waiting list")),
            Tab("unanswered.show", _l("Not answered yet")),
        ),
    ),
    DeskPlace(
        "people",
        _l("People"),
        (
            Tab(
                "applications_desk.show",
                _l("Applications"),
                (
                    "applications_desk.application",
                    "bulk_acts.show",
                    "applications_desk.rules",
                    "selection.desk",
                    "applications_desk.withdraw",
                    "application_imports.start",
                    "application_imports.show",
                    "application_invitations.show",
                ),
            ),
            Tab("allocation.exhibitors", _l("Exhibitors"), ("exhibitors.add", "exhibitors.edit")),
            Tab("badges.desk", _l("Badges")),
            Tab(
                "visitors_desk.registrations",
                _l("Visitors"),
                (
                    "visitors_desk.registration",
                    "visitors_desk.withdraw",
                    "visitors_desk.phones",
                    "one_session.move_registration",
                ),
            ),
            Tab("groups.show", _l("Groups"), ("groups.one", "groups.many")),
            Tab(
                "messages.log",
                _l("Messages"),
                ("messages.write", "messages.message", "messages.change", "messages.phones_page"),
            ),
            Tab("undeliverable.show", _l("Addresses that don't work"), need=DeskNeed.ADDRESSES),
        ),
    ),
    DeskPlace(
        "gate",
        _l("Gate"),
        (
            Tab("gate.desk", _l("Gates"), ("gate.enrolment_code", "rehearsal.show", "board.show")),
            Tab("sessions.show", _l("Sessions"), ("sessions.generate", "one_session.session")),
            Tab("waiting_lists.show", _l("Waiting for a session")),
            Tab("caps.show", _l("Caps")),
            Tab("movements.show", _l("Entries and exits"), ("gate.overrides",)),
            Tab("gate.conflicts", _l("Conflicts"), need=DeskNeed.CONFLICTS),
            Tab("rounds.show", _l("Disinfection"), need=DeskNeed.ROUNDS),
            Tab("reports.protocol", _l("Protocol report"), ("contacts.show",)),
        ),
    ),
    DeskPlace(
        "shops",
        _l("Shops"),
        (
            Tab("storefront.desk", _l("Products")),
            Tab("storefront.moderate", _l("Moderation"), need=DeskNeed.LISTINGS),
            Tab("storefront.links", _l("Links")),
            Tab("storefront.cluster_desk", _l("Clusters")),
            Tab("reports.statistics", _l("Statistics"), ("storefront.sheets",)),
            Tab("takings_desk.show", _l("Takings"), ("takings_desk.correct",)),
        ),
    ),
)
SETTINGS = DeskPlace(
    "settings",
    _l("Settings"),
    (
        Tab("venue.edit", _l("Edition")),
        Tab("edition_changes.show", _l("Changes"), ("edition_changes.change",)),
        Tab("looks.edit", _l("Look")),
        Tab("mail_texts.listed", _l("Mail texts"), ("mail_texts.edit",)),
        Tab("team.show", _l("Team")),
        Tab("reports.exports", _l("Exports"), ("reports.export_why",)),
        Tab("editions.listed", _l("All fairs"), ("editions.new", "reports.comparison", "demo.remove")),
        Tab("accounts.users", _l("Accounts")),
        Tab("accounts.audit_trail", _l("Audit trail")),
    ),
)
EVERYWHERE = (*PLACES, SETTINGS)
