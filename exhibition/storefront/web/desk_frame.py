"""Who edits a shop in this request, and which frame its pages have."""

from exhibition.accounts.models import RoleName
from exhibition.accounts.web.guard import rights
from exhibition.accounts.web.signin import actor
from exhibition.exhibitors.web import acting
from exhibition.storefront.editors import Editor


def editor() -> Editor:
    mine = rights()
    organized = frozenset(edition for edition, roles in mine.at.items() if RoleName.ORGANIZER in roles)
    return Editor(
        actor(),
        organizer=mine.administers or bool(organized),
        editions=None if mine.administers else organized,
        exhibitor_id=acting.by_link(),
    )


def frame() -> str:
    """The frame of the page: organizers edit shops inside their desk, exhibitors on pages of their own."""
    return "desk.html" if editor().organizer else "storefront/_exhibitor.html"
