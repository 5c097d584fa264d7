"""``create_app``: configuration → extensions → blueprints → errors → commands."""

from collections.abc import Mapping
from importlib import import_module

from flask import Flask
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from exhibition.accounts import access, signin
from exhibition.allocation import jobs as allocation_jobs  # noqa: F401 declares its jobs
from exhibition.allocation.views import blueprint as allocation_blueprint
from exhibition.core import api, assets, config, db, errors, i18n, jobs, migrations, security
from exhibition.core.extensions import compress, csrf, limiter, migrate
from exhibition.core.views import blueprint as core_blueprint
from exhibition.demo.cli import cli as demo_cli
from exhibition.exhibitors.views import blueprint as exhibitors_blueprint
from exhibition.venue.api import blueprint as venue_api
from exhibition.venue.views import blueprint as venue_blueprint

VERSION = "0.1.0"
NOUNS = ("accounts", "venue", "exhibitors", "allocation", "storefront", "visitors", "gate")
"""The packages with tables, in the order of their layers."""


def create_app(settings: Mapping[str, str] | None = None, *, testing: bool = False) -> Flask:
    """Make the application. ``settings`` replace the environment's (names as in ``core.config``)."""
    app = OpenAPI(
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
    limiter.init_app(app)
    security.init_app(app)
    assets.init_app(app)
    jobs.init_app(app)
    signin.init_app(app)
    access.init_app(app)

    _register_blueprints(app)
    _register_commands(app)
    api.exempt_from_csrf(app)
    errors.init_app(app)
    return app


def _register_blueprints(app: OpenAPI) -> None:
    app.register_blueprint(core_blueprint)
    app.register_blueprint(venue_blueprint)
    app.register_api(venue_api)
    app.register_blueprint(exhibitors_blueprint)
    app.register_blueprint(allocation_blueprint)


def _register_commands(app: Flask) -> None:
    app.cli.add_command(demo_cli)
