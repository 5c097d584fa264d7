"""Every component on one page, as docs/design.md describes them; only in development and tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField

from exhibition.core.web.forms import listed, text_field
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, list_view
from exhibition.reports import bars_chart
from exhibition.venue.models import Exhibition

blueprint = Blueprint("desk_components", __name__, url_prefix="/desk")


class ExampleForm(FlaskForm):
    """A field of each kind, one of them filled in wrongly."""

    name = text_field("Name", 80)
    zone = SelectField("Zone", choices=listed({"a": "Kuliner", "b": "Kriya"}.items()))
    power = text_field("Electricity", 20, optional=True)
    agreed = BooleanField("Water at the booth")


@dataclass(frozen=True)
class ExampleBooth:
    id: int
    code: str
    exhibitor: str
    tone: str
    state: str
    products: int
    changed_at: datetime


FIRST = datetime(2020, 11, 6, 2, tzinfo=UTC)
BOOTHS = (
    ExampleBooth(1, "A01", "Keripik Bu Tini", "good", "Confirmed", 3, FIRST + timedelta(hours=26)),
    ExampleBooth(2, "A02", "Kopi Ngipik", "warn", "Held", 12, FIRST + timedelta(hours=3)),
    ExampleBooth(3, "A03", "", "", "Open", 0, FIRST),
)
LIST = ListDescription[ExampleBooth](
    "components",
    (
        ListColumn("code", "Booth", lambda booth: booth.code, names=True, link=lambda booth: f"#{booth.code}"),
        ListColumn("exhibitor", "Exhibitor", lambda booth: booth.exhibitor),
        ListColumn(
            "state",
            "State",
            lambda booth: booth.state,
            ColumnKind.STATE,
            chips=lambda booth: [Chip(booth.state, booth.tone)],
        ),
        ListColumn("products", "Products", lambda booth: booth.products, ColumnKind.NUMBER),
        ListColumn("changed", "Changed", lambda booth: booth.changed_at, ColumnKind.MOMENT),
    ),
    id_of=lambda booth: booth.id,
)
DAYS = [(FIRST.date() + timedelta(days=number), count) for number, count in enumerate((12, 30, 21, 44, 38, 61, 52))]


def _days_chart() -> str:
    counts: dict[date, float] = dict(DAYS)
    return bars_chart.svg([("Views", counts)], [(day, f"{day:%d.%m.}") for day, _count in DAYS], "Views by day")


@blueprint.get("/_components")
def show(exhibition: Exhibition) -> str:
    form = ExampleForm(None, name="Keripik Bu Tini", power="lots")
    form.power.errors = ["Write a number of VA, such as 900."]
    return render_template(
        "desk/components.html",
        exhibition=exhibition,
        form=form,
        view=list_view(LIST, "desk_components.show", {}),
        booths=BOOTHS,
        days=DAYS,
        days_chart=_days_chart(),
    )
