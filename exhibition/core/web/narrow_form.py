"""Choosing, at the desk, what one sender or machine has made; and the number that is typed before it is withdrawn."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, Field, HiddenField, StringField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from exhibition.core.contacts import phone_e164
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.narrowing import Narrowing
from exhibition.core.web.forms import number_field

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so


def _contact(text: str) -> str | None:
    """An e-mail address or its end as they are, a phone number in E.164; None for what is no number."""
    return text if not text or "@" in text else phone_e164(text)


class NarrowForm(FlaskForm):
    """What a list is narrowed to; read from the address of the page."""

    origin = HiddenField(validators=[Optional(), Regexp(r"[0-9a-f]{16}\Z")])
    since = DateTimeLocalField(_l("Sent from"), validators=[Optional()])
    until = DateTimeLocalField(_l("Sent until"), validators=[Optional()])
    contact = StringField(
        _l("E-mail, @domain or phone"),
        validators=[Length(max=254)],
        filters=[lambda text: (text or "").strip()],
        render_kw={"maxlength": 254},
    )

    def validate_contact(self, field: Field) -> None:
        if _contact(field.data) is None:
            raise ValidationError(_("This is not a phone number. Write it like 0812 3456 7890."))

    def narrowing(self, timezone: str) -> Narrowing:
        """What was chosen, nothing if it makes no sense; moments are typed in the time zone of the edition."""

        def moment(local: datetime | None) -> datetime | None:
            return local.replace(tzinfo=ZoneInfo(timezone)) if local else None

        if not self.validate():
            return Narrowing()
        return Narrowing(
            self.origin.data or "",
            moment(self.since.data),
            moment(self.until.data),
            _contact(self.contact.data or "") or "",
        )

    def in_address(self) -> dict[str, Any]:
        """The choice as it stands in addresses."""
        return {field.name: request.args[field.name] for field in self if request.args.get(field.name)}


def narrow_form() -> NarrowForm:
    """The form with what stands in the address of this page."""
    return NarrowForm(request.args, meta={"csrf": False})


class WithdrawForm(FlaskForm):
    """How many are to be withdrawn, typed by who has seen that number."""

    seen = number_field(_l("How many are withdrawn?"), 1, LARGEST_ID)
