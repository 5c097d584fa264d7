"""Badges at the exhibitor's own desk and the organizers', on paper, and on a phone.

Both desks do the same; an exhibitor only with its own.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.allocation import service as allocation
from exhibition.badges import service, sheet
from exhibition.badges.service import Holder
from exhibition.badges.web.badge_list import BADGES, ListedBadge
from exhibition.badges.web.forms import BadgeForm, DeskBadgeForm
from exhibition.core import clock, qr
from exhibition.core.config import public_url
from exhibition.core.contacts import whatsapp_link
from exhibition.core.errors import NotFound, Refused
from exhibition.core.web.forms import listed as choices
from exhibition.core.web.forms import require_valid
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import whole_list
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.web import acting
from exhibition.venue.models import Exhibition
from exhibition.venue.web.named_edition import speak_of

blueprint = Blueprint("badges", __name__)

BADGE_ID = re.compile(r"[0-9a-f]{16}")


def _number(badge_id: str) -> int:
    if not BADGE_ID.fullmatch(badge_id):
        raise NotFound
    return int(badge_id, 16)


def _phone_addresses(exhibition: Exhibition, holders: list[Holder]) -> dict[int, str]:
    """The page that a holder opens on the phone, by badge; its address holds the QR's text and no other secret."""
    return {holder.id: url_for("badges.on_phone", token=token) for holder, token in service.signed(exhibition, holders)}


def _paper(exhibition: Exhibition, holders: list[Holder], name: str) -> Response:
    good = [holder for holder in holders if holder.opens]
    if not good:
        raise Refused("badges_missing", _("There is no valid badge to print yet."), status=404)
    answer = Response(sheet.pdf(exhibition, good), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{exhibition.slug}-{name}.pdf"'
    return answer


def _act(exhibition: Exhibition, badge_id: str, act: str, exhibitor_id: int | None) -> str:
    """Carry out the act of a form; returns the message to show."""
    number = _number(badge_id)
    form = BadgeForm() if act == "rename" else FlaskForm()
    require_valid(form)
    match act:
        case "rename" if isinstance(form, BadgeForm):
            service.rename(actor(), exhibition, number, form.name.data or "", exhibitor_id=exhibitor_id)
            return _("The name was changed. The QR code stays the same.")
        case "reissue":
            service.reissue(actor(), exhibition, number, exhibitor_id=exhibitor_id)
            return _("The badge has a new QR code; the old one no longer works. Print it again.")
        case "revoke":
            service.revoke(actor(), exhibition, number, exhibitor_id=exhibitor_id)
            return _("The badge was withdrawn. You can give it to somebody else.")
        case _:
            raise NotFound


def _done(change: Callable[[], str], page: Callable[[Refused], ResponseReturnValue], back: str) -> ResponseReturnValue:
    try:
        said = change()
    except NotFound:
        raise
    except Refused as refused:
        return page(refused)
    flash(said, "good")
    return redirect(back)


# The exhibitor's own desk. Only badges of their own exhibitor can be reached.


def _own_page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    exhibitor = acting.exhibitor()
    holders = service.holders(exhibition, exhibitor.id)
    page = render_template(
        "badges/own.html",
        exhibition=exhibition,
        exhibitor=exhibitor,
        holders=holders,
        confirmed=service.is_confirmed(exhibition, exhibitor.id),
        addresses=_phone_addresses(exhibition, holders),
        form=BadgeForm(formdata=None),
        refused=refused,
        typed=request.form.get("name", "")[:120] if refused and request.endpoint == "badges.own_add" else "",
    )
    return page, refused.status if refused else 200


@blueprint.get("/exhibitor/badges")
def own(exhibition: Exhibition) -> ResponseReturnValue:
    """The badges of the exhibitor's staff."""
    return _own_page(exhibition)


@blueprint.post("/exhibitor/badges")
def own_add(exhibition: Exhibition) -> ResponseReturnValue:
    """Issue a badge to one more of the staff."""
    exhibitor_id = acting.exhibitor().id

    def add() -> str:
        form = BadgeForm()
        require_valid(form)
        badge = service.issue(actor(), exhibition, exhibitor_id, form.name.data or "")
        return _("%(name)s has a badge.", name=badge.name)

    return _done(add, partial(_own_page, exhibition), url_for("badges.own"))


@blueprint.post("/exhibitor/badges/<badge_id>/<act>")
def own_act(exhibition: Exhibition, badge_id: str, act: str) -> ResponseReturnValue:
    exhibitor_id = acting.exhibitor().id
    return _done(
        lambda: _act(exhibition, badge_id, act, exhibitor_id), partial(_own_page, exhibition), url_for("badges.own")
    )


@blueprint.get("/exhibitor/badges.pdf")
def own_pdf(exhibition: Exhibition) -> ResponseReturnValue:
    """The exhibitor's badges for printing."""
    exhibitor = acting.exhibitor()
    return _paper(exhibition, service.holders(exhibition, exhibitor.id), f"badges-{exhibitor.slug}")


# The organizers' desk.


def _form(exhibition: Exhibition) -> DeskBadgeForm:
    form = DeskBadgeForm()
    claims = sorted(allocation.claims(exhibition), key=lambda claim: claim.exhibitor.casefold())
    form.exhibitor_id.choices = choices((claim.exhibitor_id, claim.exhibitor) for claim in claims if claim.confirmed)
    return form


def _fits(holder: Holder, query: str) -> bool:
    words = f"{holder.name} {holder.exhibitor} {holder.booth} {holder.code}".casefold()
    return all(word in words for word in query.casefold().split())


def _desk_page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    query, now = request.args.get("q", "")[:80], clock.now()
    holders = service.holders(exhibition)
    lines = [ListedBadge(one, service.is_inside(one, now)) for one in holders]
    listed = whole_list(BADGES, "badges.desk", [line for line in lines if _fits(line.holder, query)], ("q",))
    if kind := asked_kind():
        table = listed.view.table(_("Badges"), listed.rows, exhibition.timezone)
        return list_file(kind, table, f"{exhibition.slug}-badges")
    page = render_template(
        "badges/desk.html",
        exhibition=exhibition,
        listed=listed,
        total=len(holders),
        opening=sum(holder.opens for holder in holders),
        inside=sum(line.inside for line in lines),
        addresses=_phone_addresses(exhibition, [line.holder for line in listed.page.items]),
        query=query,
        form=_form(exhibition),
        refused=refused,
    )
    return page, refused.status if refused else 200


@blueprint.get("/desk/badges")
def desk(exhibition: Exhibition) -> ResponseReturnValue:
    """``?q=`` searches names, exhibitors, booths and codes; ``?file=`` as a file."""
    return _desk_page(exhibition)


@blueprint.post("/desk/badges")
def add(exhibition: Exhibition) -> ResponseReturnValue:
    """Issue a badge to one of an exhibitor's staff."""

    def issue() -> str:
        form = _form(exhibition)
        require_valid(form)
        badge = service.issue(actor(), exhibition, form.exhibitor_id.data or 0, form.name.data or "")
        return _("%(name)s has a badge.", name=badge.name)

    return _done(issue, partial(_desk_page, exhibition), url_for("badges.desk"))


@blueprint.post("/desk/badges/<badge_id>/<act>")
def act(exhibition: Exhibition, badge_id: str, act: str) -> ResponseReturnValue:
    return _done(lambda: _act(exhibition, badge_id, act, None), partial(_desk_page, exhibition), url_for("badges.desk"))


@blueprint.get("/desk/badges.pdf")
def pdf(exhibition: Exhibition) -> ResponseReturnValue:
    """All badges that open the gates, by exhibitor; ``?exhibitor=`` names one by its slug."""
    slug = request.args.get("exhibitor", "")
    exhibitor_id = exhibitors.by_slug(slug).id if slug else None
    return _paper(exhibition, service.holders(exhibition, exhibitor_id), f"badges-{slug}" if slug else "badges")


@blueprint.get("/tanda/<token>")
def on_phone(token: str) -> ResponseReturnValue:
    """One badge on its holder's phone; anyone with the QR can open this address."""
    exhibition, holder, newest = service.shown(token)
    speak_of(exhibition)
    address = public_url() + url_for("badges.on_phone", token=token)
    return render_template(
        "badges/phone.html",
        exhibition=exhibition,
        holder=replace(holder, name=holder.name or holder.exhibitor),
        newest=newest,
        token=token,
        svg=qr.svg(token, _("QR code for the gate")) if newest and holder.opens else "",
        whatsapp=whatsapp_link("", address),
    )
