"""The access table: every route of the application and who may use it; nothing else decides that.

``accounts.web.guard`` holds requests against it. A request to a route that is not listed is refused; a test walks the
URL map and fails on a missing line. What a person may do with *one* object (their own exhibitor, their own pass) is
decided by the service.
"""

import enum
from collections.abc import Mapping

from exhibition.accounts.models import RoleName


class Access(enum.Enum):
    PUBLIC = "anybody"
    KEY = "anyone who has the secret in the address; the service checks it"
    DEVICE = "an enrolled device with its bearer token; the service checks it"
    SIGNED_IN = "anybody signed in"
    ADMINISTRATOR = "organizers of all editions"
    ORGANIZER = "organizers, of the edition if the address speaks of one"
    GATE = "gate staff and organizers, of the edition if the address speaks of one"
    EXHIBITOR = "exhibitors and organizers"
    NOBODY = "nobody: a library brings the route and we do not use it"


ADMINISTRATOR = "administrator"
"""No role of its own: an organizer of every edition has it."""
ROLES = {
    Access.ADMINISTRATOR: frozenset({ADMINISTRATOR}),
    Access.ORGANIZER: frozenset({RoleName.ORGANIZER}),
    Access.GATE: frozenset({RoleName.GATE, RoleName.ORGANIZER}),
    Access.EXHIBITOR: frozenset({RoleName.EXHIBITOR, RoleName.ORGANIZER}),
}

ROUTES: dict[str, Access] = {
    # reports
    "reports.desk": Access.ORGANIZER,
    "reports.live": Access.ORGANIZER,
    "reports.poll": Access.ORGANIZER,
    "reports.curve": Access.ORGANIZER,
    "reports.statistics": Access.ORGANIZER,
    "reports.statistics_csv": Access.ORGANIZER,
    "reports.protocol": Access.ORGANIZER,
    "reports.protocol_pdf": Access.ORGANIZER,
    "reports.protocol_xlsx": Access.ORGANIZER,
    "reports.comparison": Access.ADMINISTRATOR,
    "reports.comparison_csv": Access.ADMINISTRATOR,
    "reports.exports": Access.ORGANIZER,
    "reports.export": Access.ORGANIZER,
    "reports.export_why": Access.ORGANIZER,
    "reports.plan_pdf": Access.ORGANIZER,
    # core
    "static": Access.PUBLIC,
    "core.healthz": Access.PUBLIC,
    "core.readyz": Access.PUBLIC,
    "openapi.doc_url": Access.PUBLIC,
    # visitors
    "visitors.front": Access.PUBLIC,
    "visitors.live": Access.PUBLIC,
    "visitors.privacy": Access.PUBLIC,
    "visitors.archive": Access.PUBLIC,
    "visitors.register": Access.PUBLIC,
    "visitors.pass_page": Access.KEY,
    "visitors.calendar": Access.KEY,
    "visitors.picture": Access.KEY,
    "visitors.move": Access.KEY,
    "visitors.cancel": Access.KEY,
    "visitors.mail": Access.KEY,
    "visitors_desk.registrations": Access.ORGANIZER,
    "visitors_desk.registration": Access.ORGANIZER,
    "visitors_desk.withdraw": Access.ORGANIZER,
    "visitors_desk.mail": Access.ORGANIZER,
    "visitors_desk.revoke": Access.ORGANIZER,
    "visitors_api.list_slots": Access.PUBLIC,
    "visitors_api.register": Access.PUBLIC,
    "visitors_api.move": Access.KEY,
    "visitors_api.cancel": Access.KEY,
    # gate
    "gate.scanner": Access.PUBLIC,
    "gate.service_worker": Access.PUBLIC,
    "gate.manifest": Access.PUBLIC,
    "gate.reading_worker": Access.PUBLIC,
    "gate.live": Access.DEVICE,
    "gate.desk": Access.ORGANIZER,
    "gate.add": Access.ORGANIZER,
    "gate.capacity": Access.ORGANIZER,
    "gate.count": Access.ORGANIZER,
    "contacts.show": Access.ORGANIZER,
    "contacts.hand_over": Access.ORGANIZER,
    "caps.show": Access.ORGANIZER,
    "caps.plan": Access.ORGANIZER,
    "caps.set_area": Access.ORGANIZER,
    "caps.remove": Access.ORGANIZER,
    "gate.enrolment_code": Access.ORGANIZER,
    "gate.rename_device": Access.ORGANIZER,
    "gate.revoke_device": Access.ORGANIZER,
    "gate.conflicts": Access.ORGANIZER,
    "gate.close_conflict": Access.ORGANIZER,
    "gate.overrides": Access.ORGANIZER,
    "board.show": Access.ORGANIZER,
    "rehearsal.show": Access.ORGANIZER,
    "movements.show": Access.ORGANIZER,
    "movements.correct": Access.ORGANIZER,
    "gate_api.enrol": Access.PUBLIC,
    "gate_api.scan": Access.DEVICE,
    "gate_api.scan_batch": Access.DEVICE,
    "gate_api.undo_scan": Access.DEVICE,
    "steward_api.walk_in": Access.DEVICE,
    "steward_api.find_passes": Access.DEVICE,
    "steward_api.near_passes": Access.DEVICE,
    "steward_api.movements": Access.DEVICE,
    "steward_api.correct": Access.DEVICE,
    "gate_api.bundle": Access.DEVICE,
    "steward_api.gates": Access.DEVICE,
    "steward_api.change_device": Access.DEVICE,
    "gate_api.occupancy": Access.DEVICE,
    # badges
    "badges.own": Access.EXHIBITOR,
    "badges.own_add": Access.EXHIBITOR,
    "badges.own_act": Access.EXHIBITOR,
    "badges.own_pdf": Access.EXHIBITOR,
    "badges.desk": Access.ORGANIZER,
    "badges.add": Access.ORGANIZER,
    "badges.act": Access.ORGANIZER,
    "badges.pdf": Access.ORGANIZER,
    "badges.on_phone": Access.KEY,
    # messages
    "messages.log": Access.ORGANIZER,
    "messages.write": Access.ORGANIZER,
    "messages.message": Access.ORGANIZER,
    "messages.change": Access.ORGANIZER,
    "messages.remove": Access.ORGANIZER,
    "messages.confirm": Access.ORGANIZER,
    "messages.act": Access.ORGANIZER,
    "messages.phones_page": Access.ORGANIZER,
    "messages.tick": Access.ORGANIZER,
    "mail_texts.listed": Access.ORGANIZER,
    "mail_texts.edit": Access.ORGANIZER,
    "mail_texts.restore": Access.ORGANIZER,
    "undeliverable.show": Access.ORGANIZER,
    "undeliverable.correct": Access.ORGANIZER,
    # storefront
    "storefront.booths": Access.PUBLIC,
    "storefront.shops": Access.PUBLIC,
    "storefront.favourites": Access.PUBLIC,
    "storefront.sitemap": Access.PUBLIC,
    "storefront.robots": Access.PUBLIC,
    "storefront.feed_xml": Access.PUBLIC,
    "storefront.feed_csv": Access.PUBLIC,
    "storefront.booth": Access.PUBLIC,
    "storefront.short": Access.PUBLIC,
    "storefront.outbound": Access.PUBLIC,
    "storefront.picture": Access.PUBLIC,
    "storefront.own": Access.EXHIBITOR,
    "storefront.shop": Access.EXHIBITOR,
    "storefront.edit_storefront": Access.EXHIBITOR,
    "storefront.add_listing": Access.EXHIBITOR,
    "storefront.edit_listing": Access.EXHIBITOR,
    "storefront.delete_listing": Access.EXHIBITOR,
    "storefront.move_listing": Access.EXHIBITOR,
    "storefront.start_import": Access.EXHIBITOR,
    "storefront.import_run": Access.EXHIBITOR,
    "storefront.publish_import": Access.EXHIBITOR,
    "storefront.cancel_import": Access.EXHIBITOR,
    "storefront.stop_import": Access.EXHIBITOR,
    "storefront.report": Access.PUBLIC,
    "storefront.desk": Access.ADMINISTRATOR,
    "storefront.moderate": Access.ADMINISTRATOR,
    "storefront.decide": Access.ADMINISTRATOR,
    "storefront.set_words": Access.ADMINISTRATOR,
    "storefront.trust": Access.ADMINISTRATOR,
    "storefront.links": Access.ADMINISTRATOR,
    "storefront.mark_host": Access.ADMINISTRATOR,
    "storefront.unmark_host": Access.ADMINISTRATOR,
    "storefront.signs": Access.ORGANIZER,
    "storefront.statistics": Access.EXHIBITOR,
    "storefront.statistics_csv": Access.EXHIBITOR,
    "storefront.statistics_pdf": Access.EXHIBITOR,
    "storefront.sheets": Access.ORGANIZER,
    "storefront.make_sheets": Access.ORGANIZER,
    "storefront.sheets_pdf": Access.ORGANIZER,
    "storefront.sheets_zip": Access.ORGANIZER,
    "storefront.clusters": Access.PUBLIC,
    "storefront.cluster": Access.PUBLIC,
    "storefront.cluster_order": Access.PUBLIC,
    "storefront.cluster_desk": Access.ADMINISTRATOR,
    "storefront.set_cluster_contact": Access.ADMINISTRATOR,
    "storefront_api.favourite": Access.PUBLIC,
    "storefront_api.booths": Access.PUBLIC,
    "storefront_api.booth": Access.PUBLIC,
    # venue
    "venue.edit": Access.ORGANIZER,
    "editions.listed": Access.ADMINISTRATOR,
    "editions.new": Access.ADMINISTRATOR,
    "demo.remove": Access.ADMINISTRATOR,
    "preparation.show": Access.ORGANIZER,
    "preparation.reach": Access.ORGANIZER,
    "hall_grid.show": Access.ORGANIZER,
    "hall_grid.sketch": Access.ORGANIZER,
    "preparation.state": Access.ORGANIZER,
    "preparation.change_state": Access.ORGANIZER,
    "edition_changes.show": Access.ORGANIZER,
    "edition_changes.move": Access.ORGANIZER,
    "edition_changes.change": Access.ORGANIZER,
    "edition_changes.undo": Access.ORGANIZER,
    "sessions.show": Access.ORGANIZER,
    "sessions.add": Access.ORGANIZER,
    "sessions.several": Access.ORGANIZER,
    "sessions.generate": Access.ORGANIZER,
    "one_session.session": Access.ORGANIZER,
    "one_session.retime": Access.ORGANIZER,
    "one_session.split": Access.ORGANIZER,
    "one_session.merge": Access.ORGANIZER,
    "one_session.remove": Access.ORGANIZER,
    "one_session.move_people": Access.ORGANIZER,
    "one_session.move_registration": Access.ORGANIZER,
    "rounds.show": Access.ORGANIZER,
    "rounds.add": Access.ORGANIZER,
    "rounds.remove": Access.ORGANIZER,
    "rounds.today": Access.GATE,
    "rounds.tick": Access.GATE,
    "rounds.untick": Access.GATE,
    "layouts.show": Access.ORGANIZER,
    "layouts.ask": Access.ORGANIZER,
    "layouts.draft": Access.ORGANIZER,
    "layouts.layout": Access.ORGANIZER,
    "layouts.change": Access.ORGANIZER,
    "layouts.copy": Access.ORGANIZER,
    "layouts.publish": Access.ORGANIZER,
    "layouts.remove": Access.ORGANIZER,
    "hall.editor": Access.ORGANIZER,
    "hall.judge": Access.ORGANIZER,
    "hall.save": Access.ORGANIZER,
    "hall.add_picture": Access.ORGANIZER,
    "hall.picture": Access.ORGANIZER,
    "hall.export": Access.ORGANIZER,
    "hall.versions": Access.ORGANIZER,
    "hall.version": Access.ORGANIZER,
    "hall.go_back": Access.ORGANIZER,
    "hall_import.start": Access.ORGANIZER,
    "hall_import.preview": Access.ORGANIZER,
    "hall_import.confirm": Access.ORGANIZER,
    "hall_import.cancel": Access.ORGANIZER,
    "venue_api.current": Access.PUBLIC,
    "venue_api.announced": Access.PUBLIC,
    # exhibitors
    "exhibitors.add": Access.ORGANIZER,
    "exhibitors.edit": Access.ORGANIZER,
    "exhibitors.take_in": Access.ADMINISTRATOR,
    "exhibitors.profile": Access.EXHIBITOR,
    "applications.begin": Access.PUBLIC,
    "applications.link": Access.PUBLIC,
    "applications.show": Access.KEY,
    "applications.edit": Access.KEY,
    "applications.files": Access.KEY,
    "applications.document": Access.KEY,
    "applications.remove_document": Access.KEY,
    "applications.send": Access.KEY,
    "applications.withdraw": Access.KEY,
    "applications.own": Access.EXHIBITOR,
    "applications_desk.show": Access.ORGANIZER,
    "applications_desk.decide": Access.ORGANIZER,
    "applications_desk.application": Access.ORGANIZER,
    "applications_desk.step": Access.ORGANIZER,
    "applications_desk.link": Access.ORGANIZER,
    "applications_desk.document": Access.ORGANIZER,
    "applications_desk.rules": Access.ORGANIZER,
    "applications_desk.draw": Access.ORGANIZER,
    "applications_desk.export_csv": Access.ORGANIZER,
    "applications_desk.export_xlsx": Access.ORGANIZER,
    "application_imports.start": Access.ORGANIZER,
    "application_imports.show": Access.ORGANIZER,
    "application_imports.match": Access.ORGANIZER,
    "application_imports.confirm": Access.ORGANIZER,
    "application_imports.cancel": Access.ORGANIZER,
    "application_invitations.show": Access.ADMINISTRATOR,
    "application_invitations.invite": Access.ADMINISTRATOR,
    "application_invitations.tick": Access.ADMINISTRATOR,
    # allocation
    "allocation.plan": Access.ORGANIZER,
    "allocation.live": Access.ORGANIZER,
    "allocation.poll": Access.ORGANIZER,
    "allocation.hold": Access.ORGANIZER,
    "allocation.act": Access.ORGANIZER,
    "allocation.move": Access.ORGANIZER,
    "allocation.swap": Access.ORGANIZER,
    "allocation.undo": Access.ORGANIZER,
    "allocation.export_csv": Access.ORGANIZER,
    "allocation.export_xlsx": Access.ORGANIZER,
    "allocation.exhibitors": Access.ORGANIZER,
    "allocation.own_desk": Access.EXHIBITOR,
    "allocation.answer": Access.EXHIBITOR,
    "waiting.show": Access.ORGANIZER,
    "waiting.add": Access.ORGANIZER,
    "waiting.first": Access.ORGANIZER,
    "waiting.remove": Access.ORGANIZER,
    "waiting.rules": Access.ORGANIZER,
    "waiting.offer": Access.ORGANIZER,
    "proposal.show": Access.ORGANIZER,
    "proposal.ask": Access.ORGANIZER,
    "proposal.stop": Access.ORGANIZER,
    "proposal.pin": Access.ORGANIZER,
    "proposal.publish": Access.ORGANIZER,
    "openapi.openapi": Access.NOBODY,
    "openapi.static": Access.NOBODY,
    # accounts
    "security.login": Access.PUBLIC,
    "security.logout": Access.PUBLIC,
    "security.forgot_password": Access.PUBLIC,
    "security.reset_password": Access.KEY,
    "security.verify": Access.SIGNED_IN,
    "security.change_password": Access.SIGNED_IN,
    "security.two_factor_setup": Access.ORGANIZER,
    "security.two_factor_setup_validate": Access.ORGANIZER,
    "security.two_factor_token_validation": Access.PUBLIC,  # the password was right; now comes the code
    "security.two_factor_rescue": Access.NOBODY,
    "security.tf_select": Access.NOBODY,
    "security.mf_recovery": Access.PUBLIC,
    "security.mf_recovery_codes": Access.ORGANIZER,
    "setup.begin": Access.KEY,  # the console's code
    "accounts.start": Access.SIGNED_IN,
    "accounts.profile": Access.SIGNED_IN,
    "accounts.set_pin": Access.GATE,
    "accounts.remove_pin": Access.GATE,
    "accounts.end_sign_in": Access.SIGNED_IN,
    "accounts.end_other_sign_ins": Access.SIGNED_IN,
    "accounts.accept": Access.KEY,
    "team.show": Access.ORGANIZER,
    "team.leave": Access.ORGANIZER,
    "accounts.users": Access.ADMINISTRATOR,
    "accounts.disable": Access.ADMINISTRATOR,
    "accounts.enable": Access.ADMINISTRATOR,
    "accounts.remove_second_step": Access.ADMINISTRATOR,
    "accounts.resend": Access.ADMINISTRATOR,
    "accounts.revoke": Access.ADMINISTRATOR,
    "accounts.audit_trail": Access.ADMINISTRATOR,
}

WITHOUT_FORMS = frozenset({"badges.on_phone", "visitors.calendar", "visitors.picture"})
"""Routes with a secret in their address that lead nowhere, not even to a form of their own: they tell nobody of it."""

MAY_BE_STORED = frozenset(
    {
        "static",
        "visitors.front",
        "visitors.archive",
        "visitors.privacy",
        "storefront.booths",
        "storefront.shops",
        "storefront.feed_xml",
        "storefront.feed_csv",
        "storefront.picture",
        "gate.service_worker",
        "gate.reading_worker",
        "gate.manifest",
        "hall.picture",  # of the hall, named by its content
    }
)
"""Routes whose answers browsers and proxies may keep, as the answer itself says: they are the same for everybody. All
other answers are kept nowhere (``no-store``), so a new page needs no thought of it."""


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


def permits(access: Access, roles: frozenset[str], *, bearer: bool) -> bool:
    """Whether someone with these roles (none: not signed in) may use a route."""
    match access:
        case Access.PUBLIC | Access.KEY:
            return True
        case Access.DEVICE:
            return bearer
        case Access.SIGNED_IN:
            return bool(roles)
        case Access.NOBODY:
            return False
        case _:
            return bool(roles & ROLES[access])
