"""The links to shops at the desk: which ones do not open, and which platforms have closed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.i18n import lazy as _l
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, state_column, whole_list
from exhibition.storefront.links import checking as checks
from exhibition.storefront.links.checking import TroubledLink
from exhibition.storefront.rules.states import LinkState
from exhibition.venue.models import Exhibition


def register(blueprint: Blueprint) -> None:
    """Add the pages about links to the storefront's blueprint."""
    blueprint.add_url_rule("/desk/links", view_func=links)
    blueprint.add_url_rule("/desk/links/hosts", view_func=mark_host, methods=["POST"])
    blueprint.add_url_rule("/desk/links/hosts/open", view_func=unmark_host, methods=["POST"])


def _state(line: TroubledLink) -> list[Chip]:
    check = line.check
    if check.state is LinkState.BROKEN:
        return [Chip(_("Broken"), "bad")]
    return [Chip(_("Failed %(count)s times", count=check.failures), "warn")]


LINKS = ListDescription[TroubledLink](
    "links",
    (
        ListColumn(
            "exhibitor",
            _l("Exhibitor"),
            lambda line: line.exhibitor.name,
            order="exhibitor",
            link=lambda line: url_for("storefront.shop", slug=line.exhibitor.slug),
            names=True,
        ),
        ListColumn("address", _l("Address"), lambda line: line.check.address, order="address"),
        state_column("state", _l("State"), _state, order="state"),
        ListColumn("status", _l("Answer"), lambda line: line.check.status, ColumnKind.NUMBER, order="status"),
        ListColumn("since", _l("Since"), lambda line: line.check.failing_since, ColumnKind.MOMENT, order="since"),
    ),
)


def links(exhibition: Exhibition) -> ResponseReturnValue:
    """The links that do not open, and the platforms that have closed; ``?file=`` the links as a file."""
    overview = checks.overview()
    listed = whole_list(LINKS, "storefront.links", overview.troubled)
    if kind := asked_kind():
        return list_file(
            kind, listed.view.table(_("Links that do not open"), listed.rows, exhibition.timezone), "links"
        )
    return render_template("storefront/links/links.html", overview=overview, listed=listed)


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
