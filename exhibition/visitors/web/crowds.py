"""Many at once: how often one address may call, and the line in front of registration, for pages and calls."""

from flask import Flask, current_app, request

from exhibition.core.serving.requests import WAITING
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rush.line import Rush
from exhibition.visitors.rush.tickets import Ticket

REGISTRATION_LIMIT = "120/minute;600/hour"
"""For one address: a venue's Wi-Fi and an operator's gateway put hundreds of families behind one."""
MAIL_LIMIT = "3/10minutes;10/day"
"""For one pass."""
CHANGE_LIMIT = "10/minute;60/hour"
"""For one pass: changes of its party or contact."""
EXTENSION = "rush"


def _rush() -> Rush:
    return current_app.extensions[EXTENSION]


def join(party: Party, key: str) -> Ticket | None:
    """A ticket when the party must stand in line; None when it may go on at once."""
    return _rush().join(party, key, waiting=request.environ.get(WAITING))


def before(ticket: Ticket) -> tuple[int, float]:
    """How many parties are called before that of the ticket, and about how many seconds that takes; 0 when it is its
    turn.
    """
    parties = _rush().before(ticket, waiting=request.environ.get(WAITING))
    return parties, _rush().seconds_for(parties)


def is_too_old(ticket: Ticket) -> bool:
    """Whether the ticket is not good any more."""
    return _rush().is_too_old(ticket)


def init_app(app: Flask) -> None:
    app.extensions[EXTENSION] = Rush(int(app.config["SETTINGS"]["PASSES_A_SECOND"]))
