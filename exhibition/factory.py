"""``create_app``: configuration → extensions → blueprints → errors → commands."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from flask import Flask
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from exhibition.accounts.cli import cli as users_cli
from exhibition.accounts.cli import setup_code
from exhibition.accounts.editions import offer_editions
from exhibition.accounts.web import guard, refused, signin
from exhibition.accounts.web.forms import offer_exhibitors
from exhibition.accounts.web.setup_views import blueprint as setup_blueprint
from exhibition.accounts.web.views import blueprint as accounts_blueprint
from exhibition.allocation import following  # noqa: F401 connects to a signal of the applications
from exhibition.allocation import jobs as allocation_jobs  # noqa: F401 declares its jobs
from exhibition.allocation.cli import cli as allocation_cli
from exhibition.allocation.web.arranging_views import blueprint as arranging_blueprint
from exhibition.allocation.web.proposal_views import blueprint as proposal_blueprint
from exhibition.allocation.web.selection_views import blueprint as selection_blueprint
from exhibition.allocation.web.unanswered_views import blueprint as unanswered_blueprint
from exhibition.allocation.web.views import blueprint as allocation_blueprint
from exhibition.allocation.web.waiting_views import blueprint as waiting_blueprint
from exhibition.badges.web.views import blueprint as badges_blueprint
from exhibition.core import config, db, i18n, jobs, json
from exhibition.core.cli import back_up, look_over, restore
from exhibition.core.extensions import compress, csrf, limiter, migrate
from exhibition.core.limiting import shared_windows
from exhibition.core.sql import migrations
from exhibition.core.web import answers, api, assets, cache, live, origins, page_metadata, security
from exhibition.core.web.views import blueprint as core_blueprint
from exhibition.demo.cli import cli as demo_cli
from exhibition.demo.web.views import blueprint as demo_blueprint
from exhibition.desk.web import component_views, navigation
from exhibition.desk.web.search_views import blueprint as desk_search_blueprint
from exhibition.editions import checking
from exhibition.editions.cli import cli as edition_cli
from exhibition.editions.web.change_views import blueprint as edition_changes
from exhibition.editions.web.hall_views import blueprint as hall_grid_blueprint
from exhibition.editions.web.preparation_views import blueprint as preparation_blueprint
from exhibition.editions.web.session_views import blueprint as sessions
from exhibition.editions.web.single_session_views import blueprint as one_session
from exhibition.editions.web.team_views import blueprint as team_blueprint
from exhibition.editions.web.views import blueprint as editions_blueprint
from exhibition.exhibitor_desk.web.views import blueprint as exhibitor_desk_blueprint
from exhibition.exhibitors import jobs as exhibitors_jobs  # noqa: F401 declares its jobs
from exhibition.exhibitors import members
from exhibition.exhibitors.web.application_desk_views import blueprint as applications_desk
from exhibition.exhibitors.web.application_import_views import blueprint as application_imports
from exhibition.exhibitors.web.application_invitation_views import blueprint as application_invitations
from exhibition.exhibitors.web.application_link_views import blueprint as application_link
from exhibition.exhibitors.web.application_views import blueprint as applications_blueprint
from exhibition.exhibitors.web.views import blueprint as exhibitors_blueprint
from exhibition.gate import entrances  # noqa: F401 names the gates on passes
from exhibition.gate import privacy as gate_privacy  # noqa: F401 erases with the visitors' contacts
from exhibition.gate.cli import cli as gate_cli
from exhibition.gate.web.api import blueprint as gate_api
from exhibition.gate.web.board_views import blueprint as board_blueprint
from exhibition.gate.web.cap_views import blueprint as caps_blueprint
from exhibition.gate.web.contact_views import blueprint as contacts_blueprint
from exhibition.gate.web.movement_views import blueprint as movements_blueprint
from exhibition.gate.web.rehearsal_views import blueprint as rehearsal_blueprint
from exhibition.gate.web.steward_api import blueprint as steward_api
from exhibition.gate.web.views import blueprint as gate_blueprint
from exhibition.messages import jobs as messages_jobs  # noqa: F401 declares its jobs
from exhibition.messages import privacy as messages_privacy  # noqa: F401 erases with the visitors' contacts
from exhibition.messages import state_notices as messages_state_notices  # noqa: F401 tells exhibitors of the fair's state
from exhibition.messages.web.mail_text_views import blueprint as mail_texts_blueprint
from exhibition.messages.web.undeliverable_views import blueprint as undeliverable_blueprint
from exhibition.messages.web.views import blueprint as messages_blueprint
from exhibition.onsite import venue_server
from exhibition.reports.web.views import blueprint as reports_blueprint
from exhibition.storefront import jobs as storefront_jobs  # noqa: F401 declares its jobs
from exhibition.storefront.cli import listings_cli
from exhibition.storefront.web.api import blueprint as storefront_api
from exhibition.storefront.web.views import blueprint as storefront_blueprint
from exhibition.takings import privacy as takings_privacy  # noqa: F401 erases with the contacts of exhibitors
from exhibition.takings.web.desk_views import blueprint as takings_desk
from exhibition.takings.web.qris_views import blueprint as qris_blueprint
from exhibition.takings.web.seller_views import blueprint as takings_blueprint
from exhibition.venue import jobs as venue_jobs  # noqa: F401 declares its jobs
from exhibition.venue.cli import cli as venue_cli
from exhibition.venue.edition import choice
from exhibition.venue.web import named_edition
from exhibition.venue.web.api import blueprint as venue_api
from exhibition.venue.web.bulk_views import blueprint as bulk_acts_blueprint
from exhibition.venue.web.layout_views import blueprint as layouts_blueprint
from exhibition.venue.web.look_views import blueprint as looks_blueprint
from exhibition.venue.web.plan_act_views import blueprint as hall_acts_blueprint
from exhibition.venue.web.plan_import_views import blueprint as hall_import_blueprint
from exhibition.venue.web.plan_views import blueprint as hall_blueprint
from exhibition.venue.web.round_views import blueprint as rounds_blueprint
from exhibition.venue.web.views import blueprint as venue_blueprint
from exhibition.visitors import jobs as visitors_jobs  # noqa: F401 declares its jobs
from exhibition.visitors.cli import cli as privacy_cli
from exhibition.visitors.mails import (  # noqa: F401 makes its mails, answers signals of the rounds and the edition
    pass_mail,
    round_notices,
    state_notices,
)
from exhibition.visitors.waiting import jobs as waiting_jobs  # noqa: F401 declares its jobs
from exhibition.visitors.waiting import mails as waiting_mails  # noqa: F401 makes its mails
from exhibition.visitors.web import crowds
from exhibition.visitors.web.api import blueprint as visitors_api
from exhibition.visitors.web.group_views import desk as groups_desk
from exhibition.visitors.web.pass_views import blueprint as passes_blueprint
from exhibition.visitors.web.registrations.views import blueprint as visitors_desk
from exhibition.visitors.web.views import blueprint as visitors_blueprint
from exhibition.visitors.web.waiting_views import desk as waiting_desk

VERSION = "0.2.0"
NOUNS = (
    "accounts",
    "venue",
    "exhibitors",
    "allocation",
    "storefront",
    "visitors",
    "badges",
    "takings",
    "messages",
    "gate",
    "editions",
)
"""The packages with models, in the order of their layers."""


class WebApplication(OpenAPI):
    """Flask with the API's document. No view or hook here is a coroutine, so none is asked whether it is one."""

    json_provider_class = json.Provider

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Mapping[str, str] | None = None, *, testing: bool = False) -> Flask:
    """Make the application. ``settings`` replace the environment's (names as in ``core.config``)."""
    app = WebApplication(
        "exhibition",
        root_path=str(config.PROJECT),
        info=Info(title="Exhibition", version=VERSION),
        security_schemes={"device": {"type": "http", "scheme": "bearer"}},
        doc_prefix="/api/v1",
        doc_url="/openapi.json",
        validation_error_callback=api.on_invalid,
    )
    app.testing = testing
    for noun in NOUNS:
        import_module(f"exhibition.{noun}.models")
    app.config |= config.flask_config(config.read() | dict(settings or {}))

    db.init_app(app)
    migrate.init_app(app, db.db, directory=str(migrations.DIRECTORY))
    i18n.init_app(app)
    csrf.init_app(app)
    compress.init_app(app)
    shared_windows.init_app(app)
    limiter.init_app(app)
    security.init_app(app)
    origins.init_app(app)
    assets.init_app(app)
    page_metadata.init_app(app)
    cache.init_app(app)
    live.init_app(app)
    crowds.init_app(app)
    jobs.init_app(app)
    signin.init_app(app)
    guard.init_app(app)
    refused.init_app(app)
    offer_exhibitors(members.choices)
    offer_editions(choice.names)

    _register_blueprints(app)
    _register_commands(app)
    api.exempt_from_csrf(app)
    answers.init_app(app)
    named_edition.init_app(app)
    navigation.init_app(app)
    checking.reserve(named_edition.first_words(app))
    return app


def _register_blueprints(app: OpenAPI) -> None:
    for pages in (
        core_blueprint,
        accounts_blueprint,
        setup_blueprint,
        venue_blueprint,
        layouts_blueprint,
        hall_blueprint,
        hall_acts_blueprint,
        hall_import_blueprint,
        rounds_blueprint,
        bulk_acts_blueprint,
        exhibitors_blueprint,
        applications_blueprint,
        applications_desk,
        application_imports,
        application_invitations,
        application_link,
        allocation_blueprint,
        arranging_blueprint,
        proposal_blueprint,
        selection_blueprint,
        waiting_blueprint,
        unanswered_blueprint,
        storefront_blueprint,
        visitors_blueprint,
        passes_blueprint,
        visitors_desk,
        waiting_desk,
        groups_desk,
        badges_blueprint,
        takings_blueprint,
        takings_desk,
        qris_blueprint,
        exhibitor_desk_blueprint,
        messages_blueprint,
        looks_blueprint,
        mail_texts_blueprint,
        undeliverable_blueprint,
        gate_blueprint,
        caps_blueprint,
        movements_blueprint,
        board_blueprint,
        rehearsal_blueprint,
        contacts_blueprint,
        reports_blueprint,
        edition_changes,
        sessions,
        one_session,
        editions_blueprint,
        preparation_blueprint,
        hall_grid_blueprint,
        team_blueprint,
        desk_search_blueprint,
        demo_blueprint,
    ):
        app.register_blueprint(pages)
    if app.testing or app.debug:
        app.register_blueprint(component_views.blueprint)
    for calls in (venue_api, storefront_api, visitors_api, gate_api, steward_api):
        app.register_api(calls)


def _register_commands(app: Flask) -> None:
    for command in (
        back_up,
        restore,
        look_over,
        users_cli,
        setup_code,
        venue_cli,
        allocation_cli,
        listings_cli,
        privacy_cli,
        gate_cli,
        edition_cli,
        demo_cli,
        venue_server.command,
    ):
        app.cli.add_command(command)
