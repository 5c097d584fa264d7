"""``GET /api/v1/exhibition``: the current edition for machines."""

from datetime import date

from flask import Response, json
from pydantic import BaseModel, Field

from exhibition.core.web import api
from exhibition.venue import service

blueprint = api.blueprint("venue", __name__)


class Day(BaseModel):
    date: date
    opens_at: str = Field(description="HH:MM in the edition's time zone.")
    closes_at: str = Field(description="HH:MM in the edition's time zone.")


class CurrentExhibition(BaseModel):
    slug: str
    name: str
    venue: str
    timezone: str
    days: list[Day]
    caps: dict[str, int] = Field(description="Limits in force by name, e.g. `booths_open`, in booths or people.")


@blueprint.get("/exhibition", responses={"200": CurrentExhibition, "503": api.Problem})
def current() -> Response:
    """The edition that public pages and gates use."""
    exhibition = service.current_exhibition()
    body = CurrentExhibition(
        slug=exhibition.slug,
        name=exhibition.name,
        venue=exhibition.venue_name,
        timezone=exhibition.timezone,
        days=[
            Day(date=day.day, opens_at=f"{day.opens_at:%H:%M}", closes_at=f"{day.closes_at:%H:%M}")
            for day in exhibition.days
        ],
        caps={name: count(exhibition) for name, count in service.caps.items()},
    )
    return Response(json.dumps(body.model_dump(mode="json")), content_type="application/json")
