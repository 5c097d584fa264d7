"""The desk's pages of the mails that are sent by themselves: the list, and the words of one mail with their preview."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.i18n import LOCALES
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.messages import mail_wording
from exhibition.messages.web import texts
from exhibition.messages.web.forms import MailTextForm
from exhibition.messages.writing import LANGUAGE_FIELDS
from exhibition.venue.edition import mail_texts
from exhibition.venue.edition.mail_texts import AutomaticMail, MailWords
from exhibition.venue.models import Exhibition

blueprint = Blueprint("mail_texts", __name__, url_prefix="/desk/mail-texts")


@blueprint.get("")
def listed(exhibition: Exhibition) -> str:
    """Every mail by its readers; those with other words than the built-in ones say so."""
    return render_template(
        "messages/mail_texts.html",
        groups=[(texts.MAIL_READERS[readers], lines) for readers, lines in mail_wording.listed(exhibition).items()],
        languages=texts.LANGUAGES,
    )


@blueprint.route("/<kind>", methods=["GET", "POST"])
def edit(exhibition: Exhibition, kind: str) -> ResponseReturnValue:
    """The words of one mail. What is sent is shown as it will be read, or kept."""
    mail = mail_wording.find(kind)
    words = mail_wording.built_in(mail) | mail_texts.own_words(exhibition, kind)
    form = MailTextForm(data=_fields(words))
    if not form.is_submitted():
        return _page(exhibition, mail, form, words)
    if not form.validate():
        return _page(exhibition, mail, form)
    try:
        if "preview" in request.form:
            return _page(exhibition, mail, form, form.words())
        changed = mail_wording.keep(actor(), exhibition, kind, form.words())
    except Refused as refused:
        show_refusal(form, refused)
        return _page(exhibition, mail, form)
    flash(_("These words go out from now on.") if changed else _("Nothing was changed."), "good" if changed else "")
    return redirect(url_for(".edit", kind=kind), HTTPStatus.SEE_OTHER)


@blueprint.post("/<kind>/restore")
def restore(exhibition: Exhibition, kind: str) -> ResponseReturnValue:
    """Go back to the built-in words in one language."""
    require_valid(FlaskForm())
    mail_wording.restore(actor(), exhibition, kind, request.form.get("language", ""))
    flash(_("The built-in words go out again."), "good")
    return redirect(url_for(".edit", kind=kind), HTTPStatus.SEE_OTHER)


def _fields(words: dict[str, MailWords]) -> dict[str, str]:
    values: dict[str, str] = {}
    for language, ending in LANGUAGE_FIELDS.items():
        values |= {f"subject_{ending}": words[language].subject, f"text_{ending}": words[language].text}
    return values


def _page(
    exhibition: Exhibition, mail: AutomaticMail, form: MailTextForm, words: dict[str, MailWords] | None = None
) -> ResponseReturnValue:
    """The page; ``words``: those that are shown as they will be read."""
    previews: list[Any] = []
    for one in mail_wording.shown(exhibition, mail, words) if words else []:
        framed = Markup(one.made.html)  # noqa: S704 our own template, which has escaped all values
        previews.append((one.language, LOCALES[one.language], one.made.subject, framed))
    built_in = mail_wording.built_in(mail)
    page = render_template(
        "messages/mail_text.html",
        mail=mail,
        readers=texts.MAIL_READERS[mail.readers],
        form=form,
        previews=previews,
        own=mail_texts.own_words(exhibition, mail.kind),
        built_in=[(language, LOCALES[language], built_in[language]) for language in LOCALES],
        languages=texts.LANGUAGES,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
