"""Addresses for machines that watch the server."""

from flask import Blueprint, Response, current_app, json
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from exhibition.core.db import db
from exhibition.core.sql import migrations

blueprint = Blueprint("core", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Alive: the process answers."""
    return _answer(200, {"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Ready to serve: the database can be reached and its migrations are current."""
    try:
        db.session.execute(text("SELECT 1"))
        pending = migrations.pending()
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return _not_ready("database unreachable")
    return _not_ready("migrations pending") if pending else _answer(200, {"status": "ok"})


def _not_ready(reason: str) -> Response:
    return _answer(503, {"status": "not ready", "reason": reason})


def _answer(status: int, body: dict[str, str]) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
