"""What people do with their pass beyond moving and cancelling it, and how they find it again."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from exhibition.core import clock, qr
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.i18n import current_locale
from exhibition.core.limiting import budgets
from exhibition.core.web.forms import show_refusal
from exhibition.venue.edition import choice
from exhibition.visitors import service
from exhibition.visitors.models import PassState
from exhibition.visitors.passes import lost_links, paper, party_size, personal_data, splitting, viewing, wallets
from exhibition.visitors.registration.party import Issued
from exhibition.visitors.web import advice_texts, kept_passes, pass_page
from exhibition.visitors.web.crowds import CHANGE_LIMIT
from exhibition.visitors.web.pass_forms import LostLinkForm, OwnContactForm, PartySizeForm, SplitForm
from exhibition.visitors.web.pass_page import PassForms

blueprint = Blueprint("passes", __name__)

of_one_pass = limiter.limit(CHANGE_LIMIT, key_func=lambda: str(request.view_args))


def _back(manage_key: str) -> ResponseReturnValue:
    return redirect(url_for("visitors.pass_page", manage_key=manage_key), HTTPStatus.SEE_OTHER)


def _again(manage_key: str, form: FlaskForm, forms: PassForms, refused: Refused | None = None) -> ResponseReturnValue:
    """The page with the form as it was sent, and why it was not taken."""
    if refused is not None:
        show_refusal(form, refused)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused is None else refused.status
    return pass_page.page(service.find(manage_key), forms), status


@blueprint.post("/p/<manage_key>/size")
@of_one_pass
def resize(manage_key: str) -> ResponseReturnValue:
    """Another number of people."""
    form = PartySizeForm()
    if not form.validate_on_submit():
        return _again(manage_key, form, PassForms(size=form))
    people, before = int(form.party_size.data), service.find(manage_key).party_size
    try:
        if people > before:
            budgets.take_people(people - before)
        party_size.resize(manage_key, people)
    except NotFound:
        raise
    except Refused as refused:
        show_refusal(form, refused)
        issued = service.find(manage_key)
        larger = pass_page.sessions_named(pass_page.edition_of(issued), refused)
        return pass_page.page(issued, PassForms(size=form), larger), refused.status
    flash(ngettext("The pass is for %(num)s person now.", "The pass is for %(num)s people now.", people), "good")
    return _back(manage_key)


@blueprint.post("/p/<manage_key>/contact")
@of_one_pass
def correct(manage_key: str) -> ResponseReturnValue:
    """Another name, number or e-mail address."""
    form = OwnContactForm()
    if not form.validate_on_submit():
        return _again(manage_key, form, PassForms(contact=form))
    try:
        issued = service.find(manage_key)
        if "email" in personal_data.corrected(issued.registration_id, form.person):
            budgets.take_mail(form.person.email)
        changed = personal_data.correct(manage_key, form.person)
    except NotFound:
        raise
    except Refused as refused:
        return _again(manage_key, form, PassForms(contact=form), refused)
    if changed:
        flash(_("Corrected."), "good")
    if "email" in changed and form.person.email:
        flash(_("The pass is on its way to %(email)s.", email=form.person.email), "good")
    return _back(manage_key)


@blueprint.post("/p/<manage_key>/erase")
def erase(manage_key: str) -> ResponseReturnValue:
    """Erase name, number and e-mail address at once."""
    personal_data.erase(manage_key)
    flash(_("Your name, number and e-mail address are erased. The pass stays valid."), "good")
    return _back(manage_key)


@blueprint.get("/p/<manage_key>/data.json")
def copy(manage_key: str) -> Response:
    """Everything that is kept of the person, as a file."""
    return copy_file(personal_data.copy(service.find(manage_key)))


def copy_file(kept: dict[str, Any]) -> Response:
    """The copy to be saved."""
    answer = Response(json.dumps(kept, indent=2, ensure_ascii=False), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{kept["reference"]}.json"'
    return answer


@blueprint.post("/p/<manage_key>/split")
@of_one_pass
def split(manage_key: str) -> ResponseReturnValue:
    """A pass of their own for some of the party."""
    form = SplitForm()
    form.offer(service.find(manage_key).party_size)
    if not form.validate_on_submit():
        return _again(manage_key, form, PassForms(split=form))
    try:
        made = splitting.split(manage_key, int(form.people.data), form.name.data or "")
    except NotFound:
        raise
    except Refused as refused:
        return _again(manage_key, form, PassForms(split=form), refused)
    text = ngettext(
        "%(num)s person has a pass of their own now: %(reference)s. Send them its link below.",
        "%(num)s people have a pass of their own now: %(reference)s. Send them its link below.",
        made.party_size,
        reference=made.reference,
    )
    flash(text, "good")
    return _back(manage_key)


@blueprint.post("/p/<manage_key>/split/<int(max=2147483647):registration_id>/back")
@of_one_pass
def take_back(manage_key: str, registration_id: int) -> ResponseReturnValue:
    """Put the people of a split pass back into the party."""
    try:
        splitting.take_back(manage_key, registration_id)
    except NotFound:
        raise
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("They are on this pass again; the other one is cancelled."), "good")
    return _back(manage_key)


@blueprint.get("/v/<view_key>")
def view(view_key: str) -> str:
    """The pass to be shown; nothing can be changed here."""
    shown = pass_page.shown(viewing.find(view_key))
    return render_template("visitors/pass_view.html", **shown, shown=shown)


def _now(issued: Issued) -> dict[str, Any]:
    return advice_texts.now_json(issued, pass_page.edition_of(issued), clock.now())


def _kept(issued: Issued, address: str) -> str:
    shown = pass_page.shown(issued)
    return render_template("visitors/pass_kept.html", **shown, shown=shown, address=address)


@blueprint.get("/p/<manage_key>/now")
def now(manage_key: str) -> dict[str, Any]:
    """What the page's script needs to keep the first line true."""
    return _now(service.find(manage_key))


@blueprint.get("/v/<view_key>/now")
def view_now(view_key: str) -> dict[str, Any]:
    """The same for those whom it is shown to."""
    return _now(viewing.find(view_key))


@blueprint.get("/p/<manage_key>/kept")
def kept(manage_key: str) -> str:
    """The pass as a phone keeps it for the time without a network: nothing in it goes stale but by the clock."""
    return _kept(service.find(manage_key), url_for("visitors.pass_page", manage_key=manage_key))


@blueprint.get("/v/<view_key>/kept")
def view_kept(view_key: str) -> str:
    """The same of a pass that is only shown."""
    return _kept(viewing.find(view_key), url_for(".view", view_key=view_key))


@blueprint.get("/v/<view_key>/qr.png")
def picture(view_key: str) -> Response:
    """The QR as a picture."""
    issued = _valid(viewing.find(view_key))
    return _file(qr.png(issued.token), "image/png", f"{issued.reference}.png")


def _valid(issued: Issued) -> Issued:
    """Raises Refused ``pass_cancelled`` (409) for a pass that must not be carried along any more."""
    if issued.state is not PassState.VALID:
        raise Refused("pass_cancelled", _("This pass is no longer valid. Open its page to see why, or register again."))
    pass_page.edition_of(issued)
    return issued


def _paper(issued: Issued, name: str = "") -> Response:
    return _file(paper.pdf(_valid(issued), name), "application/pdf", f"{issued.reference}.pdf")


def _file(content: bytes, content_type: str, name: str) -> Response:
    answer = Response(content, mimetype=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/p/<manage_key>/pass.pdf")
@of_one_pass
def pdf(manage_key: str) -> Response:
    """The pass to be printed."""
    issued = service.find(manage_key)
    person = service.contact(issued.registration_id)
    return _paper(issued, person.name if person else "")


@blueprint.get("/v/<view_key>/pass.pdf")
@of_one_pass
def view_pdf(view_key: str) -> Response:
    """The same without a name."""
    return _paper(viewing.find(view_key))


@blueprint.get("/v/<view_key>/google")
@of_one_pass
def google(view_key: str) -> ResponseReturnValue:
    """Lead to Google's wallet with the pass."""
    return redirect(wallets.google_link(_valid(viewing.find(view_key))), HTTPStatus.SEE_OTHER)


@blueprint.get("/v/<view_key>/apple.pkpass")
@of_one_pass
def apple(view_key: str) -> Response:
    """The pass for Apple's wallet."""
    issued = _valid(viewing.find(view_key))
    return _file(wallets.apple_pass(issued), wallets.APPLE_TYPE, f"{issued.reference}.pkpass")


@blueprint.route("/tiket", methods=["GET", "POST"])
def mine() -> ResponseReturnValue:
    """The passes that this device remembers, and the way to those that it does not.

    The answer is the same whether or not there are any.
    """
    form, status = LostLinkForm(), HTTPStatus.OK
    if form.validate_on_submit():
        budgets.asks_for_mail()
        lost_links.ask(form.email, form.phone, current_locale())
        return redirect(url_for(".asked", by="email" if form.email else "phone"), HTTPStatus.SEE_OTHER)
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template("visitors/my_passes.html", form=form), status


@blueprint.get("/tiket/diminta")
def asked() -> str:
    """What happens now, the same for everybody."""
    by_phone = request.args.get("by") == "phone"
    return render_template("visitors/asked.html", by_phone=by_phone, editions=choice.meant_by_visitors())


@blueprint.get("/tiket/sw.js")
def service_worker() -> Response:
    """The service worker of the visitors' pages: it shows kept passes when the network is gone."""
    answer = Response(kept_passes.worker(), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
