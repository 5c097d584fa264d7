"""Opening the exhibitor's pages by the secret link of an application, without an account."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from exhibition.accounts.web import link_holders
from exhibition.core.errors import NotFound
from exhibition.core.web.forms import require_valid
from exhibition.exhibitors import newcomers
from exhibition.exhibitors.applications import service as applications
from exhibition.venue.web import named_edition

blueprint = Blueprint("application_link", __name__)


@blueprint.post("/daftar-stan/<key>/masuk")
def enter(key: str) -> ResponseReturnValue:
    """Let this browser act for the exhibitor. Whoever is signed in goes on as themselves."""
    require_valid(FlaskForm())
    application = newcomers.acting_by(key)
    if application is None:
        raise NotFound
    named_edition.speak_of(applications.edition_of(application))
    if current_user.is_authenticated:
        flash(_("You are signed in. Sign out to open the pages of %(name)s.", name=application.name), "warn")
        return redirect(url_for("applications.show", key=key), HTTPStatus.SEE_OTHER)
    link_holders.enter(key)
    return redirect(url_for("allocation.own_desk"), HTTPStatus.SEE_OTHER)


@blueprint.post("/exhibitor/leave")
def leave() -> ResponseReturnValue:
    """Close the exhibitor's pages in this browser; the link opens them again."""
    require_valid(FlaskForm())
    link_holders.leave()
    return redirect(url_for("visitors.front"), HTTPStatus.SEE_OTHER)
