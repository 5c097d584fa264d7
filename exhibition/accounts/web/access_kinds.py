"""The kinds of people that routes are for, and whether somebody is of them; the table is ``accounts.web.access``."""

import enum

from exhibition.accounts.models import RoleName


class Access(enum.Enum):
    PUBLIC = "anybody"
    KEY = "anyone who has the secret in the address; the service checks it"
    DEVICE = "an enrolled device with its bearer token; the service checks it"
    SIGNED_IN = "anybody signed in"
    ADMINISTRATOR = "organizers of all editions"
    ORGANIZER = "organizers, of the edition if the address speaks of one"
    GATE = "gate staff and organizers, of the edition if the address speaks of one"
    EXHIBITOR = "exhibitors and organizers"
    NOBODY = "nobody: a library brings the route and we do not use it"


ADMINISTRATOR = "administrator"
"""No role of its own: an organizer of every edition has it."""
ROLES = {
    Access.ADMINISTRATOR: frozenset({ADMINISTRATOR}),
    Access.ORGANIZER: frozenset({RoleName.ORGANIZER}),
    Access.GATE: frozenset({RoleName.GATE, RoleName.ORGANIZER}),
    Access.EXHIBITOR: frozenset({RoleName.EXHIBITOR, RoleName.ORGANIZER}),
}


def permits(access: Access, roles: frozenset[str], *, bearer: bool) -> bool:
    """Whether someone with these roles (none: not signed in) may use a route."""
    match access:
        case Access.PUBLIC | Access.KEY:
            return True
        case Access.DEVICE:
            return bearer
        case Access.SIGNED_IN:
            return bool(roles)
        case Access.NOBODY:
            return False
        case _:
            return bool(roles & ROLES[access])
