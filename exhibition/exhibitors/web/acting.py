"""For which exhibitor somebody acts on the pages under ``/exhibitor``: by an account, or by an application's link."""

from flask_security import current_user

from exhibition.accounts.web import link_holders
from exhibition.accounts.web.link_holders import LinkHolder
from exhibition.exhibitors import newcomers, service
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor


def exhibitor() -> Exhibitor:
    """The exhibitor of whoever sends this request. Raises NotFound for an account that acts for none."""
    exhibitor_id = by_link()
    return service.of_member(current_user.id) if exhibitor_id is None else service.by_id(exhibitor_id)


def by_link() -> int | None:
    """The id of the exhibitor for whom somebody acts by a link; None for people with accounts."""
    holder = None if current_user.is_authenticated else link_holders.present()
    return holder.exhibitor_id if holder else None


def _by_application(secret: str) -> LinkHolder | None:
    application = newcomers.acting_by(secret)
    if application is None or application.exhibitor_id is None:
        return None
    return LinkHolder(applications.actor_of(application), application.exhibitor_id, application.exhibition_id)


link_holders.finders.append(_by_application)
