"""Drafts: written, changed and deleted until they are confirmed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.constraints import violates
from exhibition.exhibitors.models import Cluster
from exhibition.messages.letters import MessageWords
from exhibition.messages.models import Message
from exhibition.messages.rules.audiences import Audience
from exhibition.messages.rules.placeholders import ALLOWED
from exhibition.messages.rules.states import MessageState
from exhibition.venue.models import Exhibition, Zone
from exhibition.venue.rules.placeholders import faults
from exhibition.visitors.models import TimeSlot

LANGUAGE_FIELDS = {"id": "indonesian", "en": "english"}
"""How the fields of each language end."""


@dataclass(frozen=True)
class MessageDraft:
    """A message as the form has it: whom it is for, and the words by language."""

    audience: Audience
    words: Mapping[str, MessageWords]


def find(exhibition: Exhibition, message_id: int, *, lock: bool = False) -> Message:
    """A message of this edition. Raises NotFound, also for one of another edition."""
    if message_id > LARGEST_ID:
        raise NotFound
    statement = select(Message).where(Message.id == message_id, Message.exhibition_id == exhibition.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    message = db.session.scalar(statement)
    if message is None:
        raise NotFound
    return message


@transaction
def create(actor: Actor, exhibition: Exhibition, draft: MessageDraft, form_key: str | None = None) -> Message:
    """Keep a new draft; a form that is sent twice keeps one. Raises what ``check`` raises."""
    check(exhibition, draft)
    if form_key and (begun := _by_form(exhibition, form_key)):
        return begun
    message = Message(exhibition_id=exhibition.id, form_key=form_key, created_by=actor.name, **_values(draft))
    try:
        with db.session.begin_nested():
            db.session.add(message)
    except IntegrityError as error:
        begun = _by_form(exhibition, form_key) if violates(error, "uq_message_form_key") else None
        if begun is None:
            raise
        return begun
    record(actor, "message.write", "message", message.id, name=_name(message))
    return message


@transaction
def change(actor: Actor, exhibition: Exhibition, message_id: int, draft: MessageDraft) -> Message:
    """Change a draft. Raises NotFound, Refused ``message_confirmed`` (409), and what ``check`` raises."""
    message = draft_of(exhibition, message_id)
    check(exhibition, draft)
    for name, value in _values(draft).items():
        setattr(message, name, value)
    record(actor, "message.write", "message", message.id, name=_name(message))
    return message


@transaction
def remove(actor: Actor, exhibition: Exhibition, message_id: int) -> None:
    """Delete a draft. Raises NotFound and Refused ``message_confirmed`` (409)."""
    message = draft_of(exhibition, message_id)
    record(actor, "message.remove", "message", message.id, name=_name(message))
    db.session.delete(message)


def draft_of(exhibition: Exhibition, message_id: int) -> Message:
    """The draft, locked in the open transaction. Raises NotFound and Refused ``message_confirmed`` (409)."""
    message = find(exhibition, message_id, lock=True)
    if message.state is not MessageState.DRAFT:
        raise Refused("message_confirmed", _l("This message is confirmed already; it cannot be changed any more."))
    return message


def _by_form(exhibition: Exhibition, form_key: str | None) -> Message | None:
    statement = select(Message).where(Message.form_key == form_key, Message.exhibition_id == exhibition.id)
    return db.session.scalar(statement)


def _name(message: Message) -> str:
    return message.subject_indonesian or message.subject_english


def _values(draft: MessageDraft) -> dict[str, Any]:
    values: dict[str, Any] = {"audience": draft.audience.as_json()}
    for language, ending in LANGUAGE_FIELDS.items():
        values[f"subject_{ending}"] = draft.words[language].subject
        values[f"text_{ending}"] = draft.words[language].text
    return values


def check(exhibition: Exhibition, draft: MessageDraft) -> None:
    """Raises Refused (422) ``message_empty``, ``message_incomplete``, ``placeholder_unknown``,
    ``placeholder_unbalanced`` or ``audience_unknown``, each naming its field.
    """
    if not any(words.text or words.subject for words in draft.words.values()):
        message = _l("Write the message in at least one of the two languages.")
        raise Refused("message_empty", message, status=422, field="text_indonesian")
    for language, ending in LANGUAGE_FIELDS.items():
        words = draft.words[language]
        if bool(words.subject) != bool(words.text):
            field = f"text_{ending}" if words.subject else f"subject_{ending}"
            message = _l("A language needs both a subject and a text; leave both empty to use the other language.")
            raise Refused("message_incomplete", message, status=422, field=field)
        check_placeholders(words.subject, f"subject_{ending}", ALLOWED[draft.audience.group])
        check_placeholders(words.text, f"text_{ending}", ALLOWED[draft.audience.group])
    _check_audience(exhibition, draft.audience)


def check_placeholders(text: str, field: str, allowed: Collection[str]) -> None:
    """Raises Refused (422) ``placeholder_unknown`` or ``placeholder_unbalanced``, naming the field."""
    found = faults(text, set(allowed))
    if found.unknown:
        message = _l(
            "%(unknown)s cannot be filled in. You can use %(known)s.",
            unknown=", ".join(found.unknown),
            known=", ".join(f"{{{name}}}" for name in allowed),
        )
        raise Refused("placeholder_unknown", message, status=422, field=field)
    if found.unbalanced:
        message = _l(
            "A brace has no partner at “%(place)s”. Write a placeholder like {name}, and a brace itself twice.",
            place="”, “".join(found.unbalanced),
        )
        raise Refused("placeholder_unbalanced", message, status=422, field=field)


def _check_audience(exhibition: Exhibition, audience: Audience) -> None:
    session = db.session.get(TimeSlot, audience.session_id) if audience.session_id is not None else None
    zone = db.session.get(Zone, audience.zone_id) if audience.zone_id is not None else None
    known = {
        "when": audience.session_id is None or (session is not None and session.exhibition_id == exhibition.id),
        "zone_id": audience.zone_id is None or (zone is not None and zone.exhibition_id == exhibition.id),
        "cluster_id": audience.cluster_id is None or db.session.get(Cluster, audience.cluster_id) is not None,
    }
    for field, there in known.items():
        if not there:
            raise Refused("audience_unknown", _l("Choose one from the list."), status=422, field=field)
