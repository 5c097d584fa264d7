"""Noting in the audit trail what was refused: wrong passwords, pages of others, limits, forms from other sites.

Refusals come in floods, so one entry stands for all of the same kind, from the same network, at the same thing within
an hour, and no flood fills the trail.
"""

import enum

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import User
from exhibition.core.db import transaction
from exhibition.core.limiting.tries import seconds_to_wait

OF_A_NETWORK = "1 per hour"
OF_ALL = "600 per hour"
"""Entries of one kind, whoever they are about; of more, the first ones say enough."""
NOBODY = Actor(None, "")


class Refusal(enum.StrEnum):
    """The action of the entry."""

    SIGN_IN = "sign_in.refuse"
    """A wrong password, or a wrong code of the second step."""
    ACCESS = "access.refuse"
    """A page or call that is not this person's or device's, or that came from another site."""
    LIMIT = "limit.hit"


def note(refusal: Refusal, actor: Actor, route: str, network: str, code: str) -> None:
    """Note a refusal with the ``code`` that it was answered with, unless the same stands there within the hour."""
    if _is_new(refusal, str(actor.id), route, network):
        _record(refusal, actor, "route", route, {"network": network, "code": code})


def note_wrong_sign_in(user: User | None, form: str, network: str) -> None:
    """Note that a password or code was wrong. An address without an account (None) is not written down: it may be a
    password that was typed into the wrong field.
    """
    whose, values = "" if user is None else str(user.id), {"network": network}
    if not _is_new(Refusal.SIGN_IN, whose, form, network):
        return
    if user is None:
        _record(Refusal.SIGN_IN, NOBODY, "route", form, values)
    else:
        _record(Refusal.SIGN_IN, NOBODY, "user", whose, values | {"form": form}, name=user.name or user.email)


def _is_new(refusal: Refusal, *what: str) -> bool:
    if seconds_to_wait(OF_A_NETWORK, "noted", refusal, *what) is not None:
        return False
    return seconds_to_wait(OF_ALL, "noted", refusal) is None


@transaction
def _record(
    refusal: Refusal, actor: Actor, object_type: str, object_id: str, after: dict[str, str], name: str = ""
) -> None:
    record(actor, refusal, object_type, object_id, name=name, after=after)
