"""Signing in, by Flask-Security; its settings and our choices are here."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore, current_user

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import Role, User
from exhibition.core.config import secret_file
from exhibition.core.db import db

datastore = SQLAlchemyUserDatastore(db, User, Role)
security = Security()


def actor() -> Actor:
    """The signed-in user as the audit trail names them."""
    return Actor(current_user.id, current_user.name or current_user.email)


def init_app(app: Flask) -> None:
    app.config |= {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": secret_file(app.config["INSTANCE"] / "password-salt.key"),
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_SEND_REGISTER_EMAIL": False,
    }
    security.init_app(app, datastore)
    # Flask-Principal would load the user before every request; nobody asks for its needs: access.py decides.
    app.before_request_funcs[None].remove(security.principal._on_before_request)  # noqa: SLF001 it has no other way out
