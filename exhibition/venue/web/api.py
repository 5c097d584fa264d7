"""The editions for machines: ``GET /api/v1/exhibition`` and ``/exhibitions``."""

from datetime import date

from flask import Response, json
from pydantic import BaseModel, Field, RootModel

from exhibition.core.config import public_url
from exhibition.core.web import api
from exhibition.venue import service
from exhibition.venue.edition import choice
from exhibition.venue.rules.edition import Reentry
from exhibition.venue.web.named_edition import EditionQuery, answers_of, asked

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
    state: str = Field(description="`published`, `postponed`, `called_off` or `archived`.")
    reentry: Reentry = Field(description="Whether who has left may come in again.")
    days: list[Day]
    caps: dict[str, int] = Field(description="Limits in force by name, e.g. `booths_open`, in booths or people.")


@blueprint.get("/exhibition", responses=answers_of(CurrentExhibition))
def current(query: EditionQuery) -> Response:
    """The edition with this name; without a name the only one that visitors can mean."""
    exhibition = asked(query)
    body = CurrentExhibition(
        slug=exhibition.slug,
        name=exhibition.name,
        venue=exhibition.venue_name,
        timezone=exhibition.timezone,
        state=exhibition.told_state.value,
        reentry=exhibition.reentry,
        days=[
            Day(date=day.day, opens_at=f"{day.opens_at:%H:%M}", closes_at=f"{day.closes_at:%H:%M}")
            for day in exhibition.days
        ],
        caps={name: count(exhibition) for name, count in service.caps.items()},
    )
    return Response(json.dumps(body.model_dump(mode="json")), content_type="application/json")


class ListedExhibition(BaseModel):
    slug: str
    name: str
    venue: str
    timezone: str
    starts_on: date
    ends_on: date
    state: str = Field(description="`published`, `postponed` or `called_off`.")
    address: str = Field(description="Where its front page is.")


class ExhibitionList(RootModel[list[ListedExhibition]]):
    """The editions that visitors are told of, by their dates."""


@blueprint.get("/exhibitions", responses={"200": ExhibitionList})
def announced() -> Response:
    """Every edition that is published, also one that is postponed or called off; not drafts, not archived ones."""
    listed = [
        ListedExhibition(
            slug=one.slug,
            name=one.name,
            venue=one.venue_name,
            timezone=one.timezone,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            state=one.state.value,
            address=f"{public_url()}/e/{one.slug}/",
        )
        for one in choice.announced()
    ]
    return Response(ExhibitionList(listed).model_dump_json(), content_type="application/json")
