"""Use cases around people who sign in."""

import secrets

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from flask_security.utils import hash_password
from sqlalchemy import select

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import Role, RoleName, User
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused


def _role(name: RoleName) -> Role:
    role = db.session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        db.session.add(role)
    return role


@transaction
def create_user(actor: Actor, email: str, role: RoleName, *, password: str | None = None, name: str = "") -> User:
    """Make a user with one role; without ``password`` they choose one by mail.

    Raises Refused ``email_invalid`` (422) and ``email_taken`` (409).
    """
    try:
        email = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        message = _l("This is no e-mail address. Write it like name@example.com.")
        raise Refused("email_invalid", message, status=422, field="email") from error
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Refused("email_taken", _l("Somebody with this e-mail address exists already."), field="email")
    user = User(
        email=email,
        name=name,
        password=hash_password(password) if password else None,
        fs_uniquifier=secrets.token_hex(32),
        roles=[_role(role)],
    )
    db.session.add(user)
    db.session.flush()
    record(actor, "user.create", "user", user.id, name=email, after={"role": role})
    return user
