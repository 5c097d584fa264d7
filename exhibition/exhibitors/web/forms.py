"""Forms about exhibitors: shape and syntax."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, TelField
from wtforms.validators import Length, Optional

from exhibition.core.web.forms import IsEmail, ListedField, area_field, listed, text_field
from exhibition.exhibitors.texts import KINDS

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

NO_EMAIL = _l("This is not an e-mail address. Write it like name@example.com.")


def _stripped(value: str | None) -> str:
    return (value or "").strip()


class ContactForm(FlaskForm):
    """Fields that exhibitors may edit themselves."""

    description = area_field(_l("Description"), 2000, rows=4)
    contact_name = text_field(_l("Contact person"), 120, optional=True, autocomplete="off")
    email = EmailField(
        _l("E-mail"),
        [Optional(), Length(max=254), IsEmail(NO_EMAIL)],
        filters=[_stripped],
        render_kw={"maxlength": 254, "autocomplete": "off"},
    )
    phone = TelField(
        _l("Phone or WhatsApp"),
        [Optional(), Length(max=40, message=_l("Use at most %(max)d characters."))],
        filters=[_stripped],
        render_kw={"maxlength": 40, "autocomplete": "off"},
    )


class ExhibitorForm(ContactForm):
    name = text_field(_l("Name"), 160)
    kind = ListedField(_l("Kind"), choices=listed((kind.value, label) for kind, label in KINDS.items()))
    product_group = text_field(_l("Product group"), 80, optional=True)
    district = text_field(_l("District"), 80, optional=True)
    cluster_id = ListedField(_l("Cluster"), coerce=int, default=0)
