"""The links to shops at the desk: which ones do not open, and which platforms have closed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.storefront.links import checking as checks


def register(blueprint: Blueprint) -> None:
    """Add the pages about links to the storefront's blueprint."""
    blueprint.add_url_rule("/desk/links", view_func=links)
    blueprint.add_url_rule("/desk/links/hosts", view_func=mark_host, methods=["POST"])
    blueprint.add_url_rule("/desk/links/hosts/open", view_func=unmark_host, methods=["POST"])


def links() -> ResponseReturnValue:
    return render_template("storefront/links/links.html", overview=checks.overview())


def mark_host() -> ResponseReturnValue:
    try:
        count = checks.mark_host(actor(), request.form.get("host", "")[:300])
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(ngettext("%(num)s link counts as broken now.", "%(num)s links count as broken now.", count), "good")
    return redirect(url_for("storefront.links"))


def unmark_host() -> ResponseReturnValue:
    checks.unmark_host(actor(), request.form.get("host", "")[:300])
    flash(_("Its links are tried again with the next round."), "good")
    return redirect(url_for("storefront.links"))
