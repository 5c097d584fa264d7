"""The forms of a shop; each field is checked by the service's rules, so there is one rulebook."""

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, Form, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] the stubs are older
from wtforms.validators import InputRequired, StopValidation

from exhibition.core.errors import Refused
from exhibition.core.i18n import lazy as _l
from exhibition.storefront import moderation, pictures, seller_fields, service
from exhibition.storefront.importing import import_runs
from exhibition.storefront.models import ReportReason
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.states import Availability

AVAILABILITIES = {
    Availability.IN_STOCK: _l("In stock"),
    Availability.PREORDER: _l("Made to order"),
    Availability.OUT_OF_STOCK: _l("Sold out"),
    Availability.UNKNOWN: _l("Ask the seller"),
}


REASONS = {
    ReportReason.WRONG_PRICE: _l("The price is not right"),
    ReportReason.NOT_SOLD: _l("It is not sold any more"),
    ReportReason.FORBIDDEN: _l("It is forbidden or dangerous"),
    ReportReason.SOMEBODY_ELSES: _l("It is somebody else's product or photo"),
    ReportReason.OTHER: _l("Something else"),
}


class Takes:
    """Valid when the service accepts the text."""

    def __init__(self, check: Callable[[str], Any]) -> None:
        self.check = check

    def __call__(self, _form: Form, field: Field) -> None:
        try:
            self.check(field.data or "")
        except Refused as refused:
            raise ValidationError(str(refused.message)) from refused


class IsPicture:
    """Reads no more bytes than a picture may have; they replace the upload in ``field.data``."""

    def __call__(self, _form: Form, field: Field) -> None:
        upload = field.data
        field.data = upload.read(pictures.MAX_BYTES + 1) if upload else None
        if not field.data:
            raise StopValidation
        try:
            pictures.check(field.data)
        except Refused as refused:
            raise ValidationError(str(refused.message)) from refused


def _text(limit: int, **attributes: str) -> dict[str, Any]:
    return {"maxlength": limit, **attributes}


class StorefrontForm(FlaskForm):
    url = StringField(
        _l("Address of your online shop"),
        [Takes(seller_fields.shop_url)],
        render_kw=_text(seller_input.MAX_ADDRESS, inputmode="url", autocapitalize="none", spellcheck="false"),
    )
    whatsapp = StringField(
        _l("WhatsApp number for orders"),
        [Takes(seller_fields.whatsapp)],
        render_kw={"inputmode": "tel", "autocomplete": "tel", "placeholder": "0812-3456-7890"},
    )


class ImportForm(FlaskForm):
    url = StringField(
        _l("Address of your online shop"),
        [Takes(seller_fields.shop_url)],
        render_kw=_text(
            seller_input.MAX_ADDRESS,
            inputmode="url",
            autocapitalize="none",
            spellcheck="false",
            placeholder="https://tokobutini.com",
        ),
    )
    file = FileField(
        _l("Or a file with your products"),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.xml,.rss,.atom,.json,.html,.htm"},
    )
    currency = SelectField(
        _l("Prices without a currency are in"),
        choices=[
            SelectChoice("IDR", _l("Rupiah")),
            SelectChoice("USD", _l("US dollars")),
            SelectChoice("", _l("I do not know")),
        ],
        default="IDR",
        validate_choice=False,
    )

    def wish(self) -> import_runs.ImportRequest:
        """The request; of a file at most one byte more than is allowed."""
        upload = self.file.data
        sent = import_runs.Upload(upload.filename or "", upload.read(import_runs.MAX_FILE + 1)) if upload else None
        return import_runs.ImportRequest(self.url.data or "", sent, self.currency.data or "")


class ReportForm(FlaskForm):
    reason = RadioField(
        _l("What is wrong?"),
        [InputRequired(_l("Choose one of the answers."))],
        choices=[SelectChoice(reason.value, label) for reason, label in REASONS.items()],
        validate_choice=False,
    )
    note = TextAreaField(_l("Tell us more, if you like"), render_kw=_text(moderation.MAX_REPORT, rows="3"))


class ListingForm(FlaskForm):
    title = StringField(
        _l("Name of the product"),
        [InputRequired(_l("Please fill this in.")), Takes(seller_fields.title)],
        id="product-title",  # the frame's heading is called title
        render_kw=_text(seller_input.MAX_TITLE, autocomplete="off"),
    )
    price = StringField(
        _l("Price in rupiah"),
        [Takes(seller_fields.price)],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "placeholder": "15.000"},
    )
    availability = SelectField(
        _l("Can people have it now?"),
        [Takes(seller_fields.availability)],
        choices=[SelectChoice(value.value, label) for value, label in AVAILABILITIES.items()],
        default=Availability.IN_STOCK.value,
        validate_choice=False,
    )
    picture = FileField(
        _l("Photo"),
        [IsPicture()],
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif", "data-picture": ""},
    )
    remove_picture = BooleanField(_l("Show no photo"))
    description = TextAreaField(
        _l("Description"),
        [Takes(seller_fields.description)],
        render_kw=_text(seller_input.MAX_DESCRIPTION, rows="3"),
    )
    link = StringField(
        _l("Link to this product"),
        [Takes(seller_fields.link)],
        render_kw=_text(seller_input.MAX_ADDRESS, inputmode="url", autocapitalize="none", spellcheck="false"),
    )

    def text(self) -> service.ListingText:
        """The typed values, for the service."""
        return service.ListingText(
            title=self.title.data or "",
            price=self.price.data or "",
            availability=self.availability.data or "",
            link=self.link.data or "",
            description=self.description.data or "",
            picture=self.picture.data or None,
            remove_picture=bool(self.remove_picture.data),
        )
