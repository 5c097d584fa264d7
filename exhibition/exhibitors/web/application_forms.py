"""The application form in short parts, and the desk's forms about applications: shape and syntax."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, EmailField, Field, HiddenField, StringField, TelField, ValidationError
from wtforms.validators import Length, Optional

from exhibition.core.i18n import lazy as _l
from exhibition.core.web.forms import IsEmail, ListedField, area_field, listed, number_field, required, text_field
from exhibition.core.web.security import HONEYPOT_FIELD
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import MOST_WISHES, ExhibitorKind
from exhibition.exhibitors.texts import KINDS
from exhibition.exhibitors.web.forms import NO_EMAIL

POWERS = (0, 450, 900, 1300, 2200, 3500)
HIGHEST_POINTS = 1000
_LINES = re.compile(r"[\n;,]")
_KEY = re.compile(r"[A-Za-z0-9_-]{10,64}")


def _stripped(value: str | None) -> str:
    return (value or "").strip()


def _is_address(_form: Any, field: Field) -> None:
    """Accept a web address; ``https://`` is added if it is missing."""
    if not field.data:
        return
    address = field.data if "://" in field.data else f"https://{field.data}"
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in address
    except ValueError:
        sound = False
    if not sound:
        raise ValidationError(str(_l("This is not a web address. Write it like https://shop.example/name.")))
    field.data = address


def _email_field() -> EmailField:
    return EmailField(
        _l("E-mail"),
        [Optional(), Length(max=254), IsEmail(NO_EMAIL)],
        filters=[_stripped],
        render_kw={"maxlength": 254, "autocomplete": "email"},
    )


class ApplicationPart(FlaskForm):
    """A part of the application form, filled from and read into the fields of the table."""

    def values(self) -> dict[str, Any]:
        own = {"csrf_token", "form_key", HONEYPOT_FIELD}
        return {name: field.data for name, field in self._fields.items() if name not in own}

    def show(self, application: Application) -> None:
        """Fill in the answers given so far."""
        for name, field in self._fields.items():
            if name != "csrf_token" and hasattr(application, name):
                field.data = getattr(application, name)


class BusinessForm(ApplicationPart):
    name = text_field(_l("Name of your business"), 160, autocomplete="organization")
    kind = ListedField(
        _l("You are"),
        choices=listed((kind.value, label) for kind, label in KINDS.items()),
        default=ExhibitorKind.UMKM.value,
    )
    contact_name = text_field(_l("Contact person"), 120, autocomplete="name")
    phone = TelField(
        _l("Phone or WhatsApp"),
        [required(), Length(max=40, message=_l("Use at most %(max)d characters."))],
        filters=[_stripped],
        render_kw={"maxlength": 40, "autocomplete": "tel", "inputmode": "tel"},
    )
    email = _email_field()

    def values(self) -> dict[str, Any]:
        return super().values() | {"kind": ExhibitorKind(self.kind.data)}

    def show(self, application: Application) -> None:
        super().show(application)
        self.kind.data = application.kind.value


class BeginForm(BusinessForm):
    """The first part, sent by people who have no link yet; its hidden field is filled in only by robots."""

    form_key = HiddenField(validators=[Length(max=64)])

    def key(self) -> str | None:
        text = self.form_key.data or ""
        return text if _KEY.fullmatch(text) else None


setattr(BeginForm, HONEYPOT_FIELD, StringField(validators=[Length(max=0)]))


class ProductForm(ApplicationPart):
    product_group = text_field(_l("What do you sell?"), 80)
    district = text_field(_l("District"), 80)
    description = area_field(_l("Tell us about your products"), 2000, rows=3)
    cluster_id = ListedField(_l("Cluster"), coerce=int, default=0)
    attended = BooleanField(_l("We were at this fair before."))
    storefront_url = text_field(_l("Your online shop"), 500, _is_address, optional=True, inputmode="url")
    nib = text_field(_l("NIB"), 40, optional=True)
    pirt = text_field(_l("P-IRT number"), 40, optional=True)
    halal = text_field(_l("Halal number"), 40, optional=True)

    def values(self) -> dict[str, Any]:
        return super().values() | {"cluster_id": self.cluster_id.data or None}

    def show(self, application: Application) -> None:
        super().show(application)
        self.cluster_id.data = application.cluster_id or 0


class BoothForm(ApplicationPart):
    power_va = ListedField(_l("Electricity"), coerce=int, default=0)
    water = BooleanField(_l("We need water at the booth."))
    accessible = BooleanField(_l("We need a booth that a wheelchair can reach."))
    zone_1 = ListedField(_l("Part of the hall you like best"), default="")
    zone_2 = ListedField(_l("Second choice"), default="")
    wishes = text_field(
        _l("Booths you would like, your favourite first"), 120, optional=True, autocapitalize="characters"
    )
    near = area_field(_l("Who do you want to stand next to?"), 700, rows=2)
    avoid = area_field(_l("Who do you not want to stand next to?"), 700, rows=2)
    share = BooleanField(_l("We would share a booth."))

    def values(self) -> dict[str, Any]:
        kept = super().values()
        kept["zone_wishes"] = [code for code in (kept.pop("zone_1"), kept.pop("zone_2")) if code]
        kept["wishes"] = re.split(r"[\s,;]+", kept["wishes"] or "")
        return kept | {name: _LINES.split(kept[name] or "") for name in ("near", "avoid")}

    def show(self, application: Application) -> None:
        super().show(application)
        self.zone_1.data, self.zone_2.data = [*application.zone_wishes, "", ""][:2]
        self.wishes.data = ", ".join(application.wishes[:MOST_WISHES])
        self.near.data, self.avoid.data = "\n".join(application.near), "\n".join(application.avoid)


class DocumentForm(FlaskForm):
    document = FileField(_l("Photo or PDF"), render_kw={"accept": "image/*,application/pdf"})


class SubmitForm(FlaskForm):
    consent = BooleanField(_l("You may keep and use what is written here to plan the fair."))


class LinkForm(FlaskForm):
    email = EmailField(
        _l("E-mail"),
        [required(), Length(max=254), IsEmail(NO_EMAIL)],
        filters=[_stripped],
        render_kw={"maxlength": 254, "autocomplete": "email"},
    )


setattr(LinkForm, HONEYPOT_FIELD, StringField(validators=[Length(max=0)]))


class StepForm(FlaskForm):
    step = HiddenField()
    note = text_field(_l("Note to the applicant"), 300, optional=True)


class CallForm(FlaskForm):
    """The edition's call and its rules for points. Districts are one to a line: name, equals sign, points."""

    is_open = BooleanField(_l("Applications are open."))
    closes_on = DateField(_l("Last day"), [Optional()])
    first_time = number_field(_l("First time at the fair"), -HIGHEST_POINTS, HIGHEST_POINTS)
    attended = number_field(_l("Was at the fair before"), -HIGHEST_POINTS, HIGHEST_POINTS)
    cluster = number_field(_l("Member of a cluster"), -HIGHEST_POINTS, HIGHEST_POINTS)
    districts = area_field(_l("Districts"), 4000, rows=5)

    def validate_districts(self, field: Field) -> None:
        try:
            self.district_points()
        except ValueError as error:
            line = str(error)[:60]
            raise ValidationError(str(_l("Write each line like Bawen = 5, not %(line)s.", line=line))) from error

    def district_points(self) -> dict[str, int]:
        """The points by district. Raises ValueError with the line at fault."""
        found: dict[str, int] = {}
        for line in (self.districts.data or "").splitlines():
            if not line.strip():
                continue
            name, sign, worth = line.rpartition("=")
            if not sign or not name.strip() or not re.fullmatch(r"\s*-?\d{1,4}\s*", worth):
                raise ValueError(line)
            found[" ".join(name.split())[:80]] = int(worth)
        return found


def kind_field(kind: str) -> str:
    """The name of the field that holds the points of a kind of exhibitor."""
    return f"kind_{kind}"


for _kind, _label in KINDS.items():
    setattr(CallForm, kind_field(_kind.value), number_field(_label, -HIGHEST_POINTS, HIGHEST_POINTS))


class ListFileForm(FlaskForm):
    file = FileField(_l("List as CSV, XLSX or JSON"), render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.json"})
