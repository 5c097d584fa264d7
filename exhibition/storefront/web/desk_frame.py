"""Who edits a shop in this request, and which frame its pages have."""

from flask_security import current_user

from exhibition.accounts.models import RoleName
from exhibition.accounts.web.signin import actor
from exhibition.storefront.editors import Editor


def editor() -> Editor:
    return Editor(actor(), organizer=current_user.has_role(RoleName.ORGANIZER))


def frame() -> str:
    """The frame of the page: organizers edit shops inside their desk, exhibitors on pages of their own."""
    return "desk.html" if editor().organizer else "storefront/_exhibitor.html"
