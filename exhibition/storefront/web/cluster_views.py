"""Pages of clusters: all of them, one with its products and booths, the way to its contact, and the choice of that
contact at the desk.
"""

import re
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.allocation import service as allocation
from exhibition.core.errors import Refused
from exhibition.core.web.page_metadata import page_address
from exhibition.exhibitors import service as exhibitors
from exhibition.storefront import clusters as groups
from exhibition.storefront.catalogue import structured_data as structured
from exhibition.storefront.models import ClickSource
from exhibition.storefront.web.addresses import booth_path
from exhibition.storefront.web.page_visits import visit_of
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

_NUMBER = re.compile(r"[0-9]{1,9}")


def register(blueprint: Blueprint) -> None:
    """Add the pages of clusters to the storefront's blueprint."""
    blueprint.add_url_rule("/klaster", view_func=clusters)
    blueprint.add_url_rule("/klaster/<slug>", view_func=cluster)
    blueprint.add_url_rule("/keluar/klaster/<int(max=2147483647):id>", view_func=cluster_order)
    blueprint.add_url_rule("/desk/clusters", view_func=cluster_desk)
    blueprint.add_url_rule("/desk/clusters/<slug>", view_func=set_cluster_contact, methods=["POST"])


def clusters(exhibition: Exhibition) -> ResponseReturnValue:
    return render_template("storefront/clusters/clusters.html", exhibition=exhibition, groups=groups.groups(exhibition))


def cluster(exhibition: Exhibition, slug: str) -> ResponseReturnValue:
    """A cluster's products together, its booths on the plan, and one contact for all of it.

    Ticked products (``produk``) are shown as an order to check; the way to the chat is a link from there, because
    no form of ours may lead to another site.
    """
    hall = venue.hall(exhibition)
    group = groups.group(exhibition, groups.by_slug(slug))
    return render_template(
        "storefront/clusters/cluster.html",
        exhibition=exhibition,
        hall=hall,
        plan=allocation.shown(exhibition, hall),
        group=group,
        wanted=groups.wanted(group, _ticked()) if group.contact else [],
        source=ClickSource.CLUSTER_PAGE.value,
        canonical=url_for("storefront.cluster", slug=slug),
        structured=structured.cluster_page(
            group.cluster,
            [(stand.exhibitor, page_address(booth_path(stand))) for stand in group.stands if stand.exhibitor],
            page_address(url_for("storefront.cluster", slug=slug)),
        ),
    )


def _ticked() -> set[int]:
    return {int(text) for text in request.args.getlist("produk") if _NUMBER.fullmatch(text)}


def cluster_order(exhibition: Exhibition, id: int) -> ResponseReturnValue:  # noqa: A002 named in the address
    """On to the cluster's contact, with the ticked products (``produk``) in the message, and count it."""
    found = groups.by_id(id)
    address = groups.order_address(exhibition, found, _ticked())
    if request.method == "GET":
        groups.ordered(found, visit_of(request))
    answer = redirect(address)
    answer.headers["Referrer-Policy"] = "origin"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def cluster_desk() -> ResponseReturnValue:
    return _desk()


def _desk(slug: str = "", refused: Refused | None = None) -> ResponseReturnValue:
    """All clusters with their contacts; a refused choice is shown at its cluster, as it was typed."""
    rows = [(one, groups.chosen(one), groups.contact_of(one), groups.members(one)) for one in exhibitors.clusters()]
    page = render_template("storefront/clusters/desk.html", rows=rows, slug=slug, refused=refused, typed=request.form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def set_cluster_contact(slug: str) -> ResponseReturnValue:
    typed = request.form
    try:
        groups.set_contact(
            actor(),
            slug,
            typed.get("contact", ""),
            name=typed.get("name", ""),
            whatsapp=typed.get("whatsapp", ""),
        )
    except Refused as refused:
        if refused.field is None:
            raise
        return _desk(slug, refused)
    flash(_("Saved. The cluster's page shows it now."), "good")
    return redirect(url_for("storefront.cluster_desk"))
