"""The page of a pass, whole or only to be shown, with the forms of what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import render_template
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.core import clock, qr
from exhibition.core.contacts import whatsapp_link
from exhibition.core.errors import Refused
from exhibition.venue import rounds
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionPhase
from exhibition.venue.web import named_edition
from exhibition.visitors import rules, service, slots
from exhibition.visitors.mails import messages
from exhibition.visitors.models import PassState
from exhibition.visitors.passes import splitting, viewing, wallets
from exhibition.visitors.registration.party import Issued
from exhibition.visitors.web import advice_texts
from exhibition.visitors.web.forms import MailForm, MovePassForm
from exhibition.visitors.web.pass_forms import OwnContactForm, PartySizeForm, SplitForm
from exhibition.visitors.web.session_lists import session_days

Form = TypeVar("Form", bound=FlaskForm)


@dataclass(frozen=True)
class PassForms:
    """The forms that were sent; all others are made new."""

    move: MovePassForm | None = None
    mail: MailForm | None = None
    size: PartySizeForm | None = None
    contact: OwnContactForm | None = None
    split: SplitForm | None = None


def edition_of(issued: Issued) -> Exhibition:
    """The edition of the pass; links and times of this answer are its."""
    exhibition = service.exhibition(issued)
    named_edition.speak_of(exhibition)
    return exhibition


def sessions_named(exhibition: Exhibition, refused: Refused) -> list[slots.Slot]:
    """The next free sessions that ``slot_full`` names."""
    wanted = {slot["id"] for slot in refused.details.get("next", [])}
    return [slot for slot in slots.of_edition(exhibition.id) if slot.id in wanted]


def shown(issued: Issued) -> dict[str, Any]:
    """What the card of the pass says, for every page that shows it."""
    exhibition, now = edition_of(issued), clock.now()
    phase = choice.phase(exhibition)
    fair_over = phase in (EditionPhase.OVER, EditionPhase.ARCHIVED)
    valid = issued.state is PassState.VALID and phase is not EditionPhase.CALLED_OFF and not fair_over
    return {
        "exhibition": exhibition,
        "issued": issued,
        "line": advice_texts.first_line(issued, exhibition, now),
        "now": now,
        "valid": valid,
        "rounds": rounds.within(exhibition, issued.slot.starts_at, issued.slot.ends_at),
        "closed": issued.slot.status(now) is rules.SlotStatus.CLOSED,
        "over": issued.slot.ends_at + timedelta(minutes=exhibition.late_minutes) <= now,
        "fair_over": fair_over,
        "postponed": phase is EditionPhase.POSTPONED,
        "view_key": viewing.key_of(issued),
        "google": valid and wallets.offers_google(),
        "apple": valid and wallets.offers_apple(),
        "svg": qr.svg(issued.token, _("QR code of the pass")) if valid else "",
    }


def page(issued: Issued, forms: PassForms = PassForms(), free_next: Sequence[slots.Slot] = ()) -> str:
    """The pass with all that can be done with it; ``free_next`` are sessions instead of a full one."""
    values = shown(issued)
    exhibition, now = values["exhibition"], values["now"]
    person = service.contact(issued.registration_id)
    others = [slot for slot in slots.of_edition(exhibition.id) if slot.id != issued.slot.id]
    move = forms.move or _new(MovePassForm)
    split = forms.split or _new(SplitForm)
    most = issued.party_size - max(issued.admitted, 1)
    split.offer(most)
    told = _("Our pass for %(name)s: %(address)s", name=exhibition.name, address=viewing.address_of(issued))
    return render_template(
        "visitors/pass.html",
        **values,
        shown=values,
        contact=person,
        takes_visitors=choice.takes_visitors(exhibition),
        move_form=move,
        session_days=session_days(slots.by_day(others, exhibition.timezone), now, issued.party_size, move.slot_id.data),
        free_next=free_next,
        mail_form=forms.mail or _new(MailForm),
        size_form=forms.size or _new(PartySizeForm, party_size=str(issued.party_size)),
        contact_form=forms.contact or _contact_form(person),
        split_form=split,
        splittable=most > 0 and not values["over"],
        resizable=not values["over"] and issued.generation < rules.LAST_GENERATION,
        given=[_given(exhibition, one) for one in splitting.given(issued)],
        view_address=viewing.address_of(issued),
        whatsapp=whatsapp_link("", told),
    )


def _given(exhibition: Exhibition, one: splitting.SplitPass) -> dict[str, Any]:
    """A pass that was split from this one, with the address of its page and a chat that has it."""
    address = messages.pass_address(one.manage_key)
    told = _("Your pass for %(name)s: %(address)s", name=exhibition.name, address=address)
    return {"split": one, "address": address, "chat": whatsapp_link("", told)}


def _new(form: type[Form], **values: Any) -> Form:
    return form(formdata=None, data=values)


def _contact_form(person: Any) -> OwnContactForm:
    if person is None:
        return _new(OwnContactForm)
    return _new(OwnContactForm, name=person.name, phone=person.phone or "", email=person.email or "")
