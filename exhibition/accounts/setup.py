"""Who takes a fresh installation: the code that its console prints makes the first administrator, once."""

import hashlib
import secrets
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import RoleName, SetupCode, User
from exhibition.accounts.service import clean_email, create_user
from exhibition.accounts.sign_in.passwords import refuse_weak
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused

FIRST_ROLE = RoleName.ORGANIZER
VALID_FOR = timedelta(hours=24)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Characters that nobody takes for another one."""
PARTS, PART_LENGTH = 3, 4
ONLY = 1


def is_open() -> bool:
    """Whether this installation still waits for its first user."""
    return not db.session.scalar(select(exists().where(User.id.is_not(None))))


def _hash(code: str) -> str:
    tidy = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(tidy.encode()).hexdigest()


@transaction
def make_code() -> str:
    """Make a code such as ``7KQM-X2RD-94TV`` that is good for a day; an earlier one no longer works.

    Raises Refused ``setup_over`` (409) when somebody signs in here already.
    """
    if not is_open():
        raise Refused("setup_over", _l("Somebody signs in here already; there is nothing to set up."))
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(PART_LENGTH)) for _ in range(PARTS))
    db.session.execute(delete(SetupCode))
    db.session.add(SetupCode(id=ONLY, code_hash=_hash(code), expires_at=clock.now() + VALID_FOR))
    return code


def take(code: str, email: str, password: str, *, name: str) -> User:
    """Make the first administrator. Of two people with the same code at the same moment one succeeds.

    Raises NotFound once there is a user, and Refused ``setup_code_invalid`` (422) for a code that is wrong or too old,
    ``email_invalid`` and ``password_weak`` (422); the code stays good then.
    """
    if not is_open():
        raise NotFound
    email = clean_email(email)
    refuse_weak(password, email=email, name=name)
    return _take(code, email, password, name)


@transaction
def _take(code: str, email: str, password: str, name: str) -> User:
    if not is_open():  # somebody else was faster
        raise NotFound
    good = delete(SetupCode).where(SetupCode.code_hash == _hash(code), SetupCode.expires_at > clock.now())
    if db.session.execute(good.returning(SetupCode.id)).scalar_one_or_none() is None:
        message = _l("This code is wrong or too old. A new one is printed by: flask setup-code")
        raise Refused("setup_code_invalid", message, status=422, field="code")
    if not is_open():  # a code made while another one was being used
        raise NotFound
    actor = Actor(None, email)
    user = create_user(actor, email, FIRST_ROLE, password=password, name=name)
    record(actor, "installation.set_up", "user", user.id, name=email)
    return user
