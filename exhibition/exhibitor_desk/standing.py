"""How far an exhibitor is with a fair, read from booth, application, shop and badges."""

from dataclasses import dataclass

from exhibition.allocation import service as allocation
from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.rules import BoothState
from exhibition.badges import service as badges
from exhibition.exhibitor_desk.rules import ExhibitorStanding
from exhibition.exhibitors import participants
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.storefront import service as storefront
from exhibition.takings import service as takings
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionPhase


@dataclass(frozen=True)
class OwnBooth:
    """The booth that is offered to the exhibitor or theirs; None while there is none."""

    booth: PlannedBooth | None

    @property
    def offered(self) -> bool:
        return self.booth is not None and self.booth.state == BoothState.OFFERED

    @property
    def confirmed(self) -> bool:
        return self.booth is not None and self.booth.state == BoothState.ALLOCATED


def own_booth(exhibition: Exhibition, exhibitor: Exhibitor) -> OwnBooth:
    booth = allocation.places(exhibition).get(exhibitor.id)
    return OwnBooth(booth if booth and booth.state in (BoothState.OFFERED, BoothState.ALLOCATED) else None)


def of(exhibition: Exhibition, exhibitor: Exhibitor, own: OwnBooth) -> ExhibitorStanding:
    application = applications.of_exhibitor(exhibition, exhibitor.id)
    days = takings.days_of_seller(exhibition, exhibitor.id)
    return ExhibitorStanding(
        applied=application is not None and application.state != ApplicationState.DRAFT,
        offered=own.offered,
        confirmed=own.confirmed,
        shop=storefront.storefront_of(exhibitor) is not None,
        products=sum(listing.picture_key is not None for listing in storefront.listings_of(exhibitor)),
        sign_printed=participants.sign_is_printed(exhibition.id, exhibitor.id),
        badges=len(badges.holders(exhibition, exhibitor.id)),
        takings_open=bool(days),
        takings_told=set(days) <= takings.told(exhibition, exhibitor.id).keys(),
        open=choice.phase(exhibition) in (EditionPhase.DRAFT, EditionPhase.UPCOMING, EditionPhase.RUNNING),
    )
