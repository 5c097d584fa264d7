"""Confirming something irreversible: the person who is signed in gives their password once more."""

from flask_babel import lazy_gettext as _l

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import User
from exhibition.accounts.sign_in.passwords import matches
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.limiting.tries import count_try, forget_tries

LIMIT = "5 per minute; 20 per hour"
"""Limits on wrong passwords of one person."""


def confirm(actor: Actor, password: str) -> None:
    """Return if this is the acting person's own password.

    Raises Refused ``password_wrong`` (403, ``password``), which is noted in the audit trail, and TooManyRequests (429).
    """
    who = ("confirm", str(actor.id))
    count_try(LIMIT, *who)
    user = None if actor.id is None else db.session.get(User, actor.id)
    if user is None or not user.password or not matches(password, user.password):
        _note_wrong(actor)
        raise Refused("password_wrong", _l("This is not your password."), status=403, field="password")
    forget_tries(LIMIT, *who)


@transaction
def _note_wrong(actor: Actor) -> None:
    record(actor, "confirmation.wrong", "user", actor.id, name=actor.name)
