"""The second part of the access table: what the answers of routes hold, who may keep them, and who is told of them.

``accounts.web.guard`` holds answers against it. A route that is not named here gives the safe answer: nobody keeps it.
"""

from collections.abc import Mapping

WITHOUT_FORMS = frozenset(
    {
        "badges.on_phone",
        "passes.copy",
        "passes.kept",
        "passes.now",
        "passes.apple",
        "passes.google",
        "passes.pdf",
        "passes.picture",
        "passes.view",
        "passes.view_pdf",
        "passes.view_kept",
        "passes.view_now",
        "visitors.calendar",
        "visitors.group_pdf",
        "visitors.picture",
    }
)
"""Routes with a secret in their address that lead nowhere, not even to a form of their own: they tell nobody of it."""

MAY_BE_STORED = frozenset(
    {
        "static",
        "visitors.front",
        "visitors.archive",
        "visitors.privacy",
        "visitors.register",  # the form; what is answered to one that was sent is not kept
        "storefront.booths",
        "storefront.shops",
        "storefront.feed_xml",
        "storefront.feed_csv",
        "storefront.picture",
        "gate.service_worker",
        "passes.service_worker",
        "gate.reading_worker",
        "gate.manifest",
        "looks.stylesheet",
        "looks.logo",
        "hall.picture",  # of the hall, named by its content
    }
)
"""Routes whose pages browsers and proxies may keep, as the answer itself says: they are the same for everybody. All
other answers, also to a form that is sent to one of these, are kept nowhere (``no-store``), so a new page needs no
thought of it."""

CONTACTS: dict[str, frozenset[str] | None] = {
    "reports.export": frozenset({"exhibitors", "mail-merge", "contacts"}),
    "reports.export_why": None,
    "applications_desk.export_csv": None,
    "applications_desk.export_xlsx": None,
    "allocation.export_csv": None,
    "allocation.export_xlsx": None,
    "application_invitations.show": None,
    "edition_changes.change": None,
    "messages.phones_page": None,
    "undeliverable.show": None,
    "visitors_desk.phones": None,
    "waiting_lists.show": None,
    "groups.show": None,
    "groups.many": None,
}
"""The routes that hand out lists of people's addresses or numbers, which somebody could carry away; None: always, else
only with one of these values as ``key`` in the address. Whoever uses one must have typed their password just now. A
test opens every route and fails on a list that is not declared here. (The health office's list asks each time.) That it
was handed out stands in the audit trail.
"""
RECORDED_WHERE_MADE = frozenset({"reports.export", "reports.export_why"})
"""Of them, those whose use case writes an entry itself, with what the file holds and why it was made."""


def holds_contacts(endpoint: str, values: Mapping[str, object]) -> bool:
    """Whether the answer of this route with these values in its address lists people's contacts."""
    keys = CONTACTS.get(endpoint, frozenset())
    return keys is None or values.get("key") in keys
