"""The desk's pages of messages: the log, writing, the preview with its confirmation, and the list of phones."""

import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import LOCALES
from exhibition.core.sql.paging import page_number
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import whole_list
from exhibition.messages import letters, message_log, phones, previews, sending, writing
from exhibition.messages.models import Message
from exhibition.messages.rules.audiences import Audience, MessageReader
from exhibition.messages.rules.placeholders import ALLOWED, ReaderGroup
from exhibition.messages.rules.states import MessageState, RecipientState
from exhibition.messages.web import log_list, texts
from exhibition.messages.web.forms import FORMS, MessageForm, SendMessageForm, first_values, values_of
from exhibition.venue.models import Exhibition

blueprint = Blueprint("messages", __name__, url_prefix="/desk/messages")
FORM_KEY_BYTES = 16
LONGEST_SEARCH = 80
ID = "int(max=2147483647)"


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "message_states": texts.MESSAGE_STATES,
        "message_tags": texts.MESSAGE_TAGS,
        "outcomes": texts.OUTCOMES,
        "outcome_tags": texts.OUTCOME_TAGS,
        "languages": texts.LANGUAGES,
        "title_of": letters.title,
    }


@blueprint.get("")
def log(exhibition: Exhibition) -> ResponseReturnValue:
    """All messages of the edition, the newest first unless ``?order=`` names another order; ``?file=`` as a file."""
    listed = whole_list(log_list.MESSAGES, "messages.log", log_list.lines(exhibition))
    if kind := asked_kind():
        log_list.count(listed.rows)
        table = listed.view.table(_("Messages"), listed.rows, exhibition.timezone)
        return list_file(kind, table, f"{exhibition.slug}-messages")
    log_list.count(listed.page.items)
    return render_template("messages/log.html", listed=listed)


def _group() -> ReaderGroup:
    try:
        return ReaderGroup(request.args.get("group", ReaderGroup.VISITORS))
    except ValueError:
        raise NotFound from None


def _form_page(form: MessageForm, message: Message | None = None) -> ResponseReturnValue:
    page = render_template(
        "messages/write.html",
        form=form,
        message=message,
        group=form.group,
        placeholders=[(name, texts.meaning(form.group, name)) for name in ALLOWED[form.group]],
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.route("/new", methods=["GET", "POST"])
def write(exhibition: Exhibition) -> ResponseReturnValue:
    """Write a message to visitors or exhibitors; it is kept as a draft. ``?lacking=`` chooses whom."""
    form = FORMS[_group()](data=first_values(request.args.get("lacking", "")))
    form.offer(texts.AudienceWords(exhibition), exhibition.timezone)
    if form.validate_on_submit():
        try:
            message = writing.create(actor(), exhibition, form.draft(), form.form_key.data or None)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect(url_for(".message", message_id=message.id), HTTPStatus.SEE_OTHER)
    form.form_key.data = form.form_key.data or secrets.token_urlsafe(FORM_KEY_BYTES)
    return _form_page(form)


@blueprint.route(f"/<{ID}:message_id>/change", methods=["GET", "POST"])
def change(exhibition: Exhibition, message_id: int) -> ResponseReturnValue:
    """Change a draft."""
    message = writing.find(exhibition, message_id)
    if message.state is not MessageState.DRAFT:
        return redirect(url_for(".message", message_id=message_id), HTTPStatus.SEE_OTHER)
    form = FORMS[Audience.from_json(message.audience).group](data=values_of(message))
    form.offer(texts.AudienceWords(exhibition), exhibition.timezone)
    if form.validate_on_submit():
        try:
            writing.change(actor(), exhibition, message_id, form.draft())
        except NotFound:
            raise
        except Refused as refused:
            if refused.field is None:
                return _show(exhibition, message_id, refused=refused)
            show_refusal(form, refused)
        else:
            return redirect(url_for(".message", message_id=message_id), HTTPStatus.SEE_OTHER)
    return _form_page(form, message)


@blueprint.get(f"/<{ID}:message_id>")
def message(exhibition: Exhibition, message_id: int) -> ResponseReturnValue:
    """A draft with its preview; any other message with what became of it."""
    return _show(exhibition, message_id)


def _show(
    exhibition: Exhibition, message_id: int, *, form: SendMessageForm | None = None, refused: Refused | None = None
) -> ResponseReturnValue:
    message = writing.find(exhibition, message_id)
    if message.state is MessageState.DRAFT:
        page = _draft_page(exhibition, message, form or SendMessageForm(formdata=None), refused)
    else:
        page = _log_page(exhibition, message, refused)
    status = refused.status if refused else HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return page, status


def _draft_page(exhibition: Exhibition, message: Message, form: SendMessageForm, refused: Refused | None) -> str:
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    preview = previews.preview(exhibition, message, words, page_number(request.args.get("reader")))
    form.seen.data = str(preview.reach)
    shown = [_letter(exhibition, preview.reader, letter) for letter in preview.letters] if preview.reader else []
    return render_template(
        "messages/draft.html",
        exhibition=exhibition,
        message=message,
        audience=texts.AudienceWords(exhibition).of(Audience.from_json(message.audience)),
        preview=preview,
        letters=list(zip(LOCALES.items(), shown, preview.letters, strict=True)) if shown else [],
        words=words,
        form=form,
        refused=refused,
        address=lambda number: url_for(".message", message_id=message.id, q=words or None, reader=number),
    )


def _letter(exhibition: Exhibition, reader: MessageReader, letter: letters.WrittenLetter) -> Markup:
    """A letter within the frame of its mail, as the mail itself has it."""
    with force_locale(letter.language):
        framed = render_template("messages/mail/_letter.html", **letters.frame(exhibition, reader, letter))
    return Markup(framed)  # noqa: S704 our own template, which has escaped all values


def _log_page(exhibition: Exhibition, message: Message, refused: Refused | None) -> str:
    wanted = request.args.get("outcome", "")
    outcome = RecipientState(wanted) if wanted in set(RecipientState) else None
    audience = Audience.from_json(message.audience)
    return render_template(
        "messages/message.html",
        exhibition=exhibition,
        message=message,
        audience=texts.AudienceWords(exhibition).of(audience),
        words=[(name, letters.words_of(message)[code], code) for code, name in LOCALES.items()],
        counts=message_log.counts_of([message])[message.id],
        page=message_log.recipients(message, outcome, page_number(request.args.get("page"))),
        outcome=outcome,
        refused=refused,
        address=lambda number: url_for(".message", message_id=message.id, outcome=outcome, page=number),
    )


@blueprint.post(f"/<{ID}:message_id>/confirm")
def confirm(exhibition: Exhibition, message_id: int) -> ResponseReturnValue:
    """Send a draft, at once or later."""
    form = SendMessageForm()
    if not form.validate_on_submit():
        return _show(exhibition, message_id, form=form)
    at: datetime | None = None
    if form.moment.data == "later" and form.at.data is not None:
        at = form.at.data.replace(tzinfo=ZoneInfo(exhibition.timezone))
    try:
        sending.confirm(actor(), exhibition, message_id, form.seen.data or "", at)
    except NotFound:
        raise
    except Refused as refused:
        if refused.field == form.at.name:
            show_refusal(form, refused)
            return _show(exhibition, message_id, form=form)
        return _show(exhibition, message_id, form=form, refused=refused)
    flash(_("The message is scheduled.") if at else _("The message is on its way."), "good")
    return redirect(url_for(".message", message_id=message_id), HTTPStatus.SEE_OTHER)


@blueprint.post(f"/<{ID}:message_id>/act")
def act(exhibition: Exhibition, message_id: int) -> ResponseReturnValue:
    """Pause, resume or stop a message."""
    steps = {"pause": sending.pause, "resume": sending.resume, "stop": sending.stop}
    step = steps.get(request.form.get("act", ""))
    if step is None:
        raise NotFound
    try:
        require_valid(FlaskForm())
        step(actor(), exhibition, message_id)
    except NotFound:
        raise
    except Refused as refused:
        return _show(exhibition, message_id, refused=refused)
    return redirect(url_for(".message", message_id=message_id), HTTPStatus.SEE_OTHER)


@blueprint.post(f"/<{ID}:message_id>/remove")
def remove(exhibition: Exhibition, message_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    try:
        require_valid(FlaskForm())
        writing.remove(actor(), exhibition, message_id)
    except NotFound:
        raise
    except Refused as refused:
        return _show(exhibition, message_id, refused=refused)
    flash(_("The draft was deleted."), "good")
    return redirect(url_for(".log"), HTTPStatus.SEE_OTHER)


@blueprint.get(f"/<{ID}:message_id>/phones")
def phones_page(exhibition: Exhibition, message_id: int) -> str:
    """Those who only have a phone: a link for each that opens the text in WhatsApp."""
    message = writing.find(exhibition, message_id)
    page = phones.page_of(exhibition, message, page_number(request.args.get("page")))
    return render_template(
        "messages/phones.html",
        exhibition=exhibition,
        message=message,
        counts=message_log.counts_of([message])[message.id],
        page=page,
        address=lambda number: url_for(".phones_page", message_id=message_id, page=number),
    )


@blueprint.post(f"/<{ID}:message_id>/phones/<{ID}:recipient_id>")
def tick(exhibition: Exhibition, message_id: int, recipient_id: int) -> ResponseReturnValue:
    """Tick somebody off as written to, or take the tick back."""
    require_valid(FlaskForm())
    done = request.form.get("done") == "yes"
    phones.tick(actor(), exhibition, message_id, recipient_id, done=done)
    page = page_number(request.args.get("page"))
    back = url_for(".phones_page", message_id=message_id, page=page if page > 1 else None)
    return redirect(back, HTTPStatus.SEE_OTHER)
