"""The line in front of registration, as pages and calls ask for it."""

from flask import Flask, current_app, request

from exhibition.core.serving.requests import WAITING
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rush.line import Rush
from exhibition.visitors.rush.tickets import Ticket

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
