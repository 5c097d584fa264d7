"""Refusals of changes to a pass, with the sentence for whoever wants to change it."""

from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused
from exhibition.visitors.rules import PassFault

NO_PASS = _l(
    "There is no pass at this address. Perhaps a piece of the link is missing: open it again where you got it,"
    " or have it sent to you at “My passes”."
)
FAULTS = {
    PassFault.CANCELLED: _l("This pass was cancelled. Register again."),
    PassFault.REVOKED: _l("The organizer withdrew this pass. Ask at the information desk."),
    PassFault.USED: _l(
        "Somebody was let in on this pass already, so it can be neither moved nor cancelled."
        " Ask at the information desk if you need another time."
    ),
    PassFault.MOVED_TOO_OFTEN: _l("This pass was changed too often. Cancel it and register again."),
    PassFault.ADMITTED: _l("More of you were let in already than that. Choose a larger number."),
}


def refuse(fault: PassFault | None, field: str | None = None) -> None:
    """Raise the fault as a Refused (409), if there is one."""
    if fault is not None:
        raise Refused(fault.value, FAULTS[fault], field=field)
