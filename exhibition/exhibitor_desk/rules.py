"""What an exhibitor does next, as one list of steps in their order."""

import enum
from dataclasses import dataclass

PRODUCTS_WANTED = 3
"""Products with a photo that make a shop worth a visit."""


class NextStep(enum.StrEnum):
    APPLY = "apply"
    ANSWER = "answer"
    """Accept or decline the offered booth."""
    SHOP = "shop"
    PRODUCTS = "products"
    SIGN = "sign"
    BADGES = "badges"
    TAKINGS = "takings"
    """Tell what was taken on the days that have begun."""


@dataclass(frozen=True)
class ExhibitorStanding:
    """How far an exhibitor is with one fair."""

    applied: bool
    offered: bool
    confirmed: bool
    """Whether the booth is theirs."""
    shop: bool
    """Whether visitors can order somewhere: an online shop or WhatsApp."""
    products: int
    """Those with a photo."""
    sign_printed: bool
    badges: int
    takings_open: bool
    """Whether a day with a booth of their own has begun, so that its takings can be told."""
    takings_told: bool
    """Whether those of all such days are told."""
    open: bool
    """Whether the fair is still to come or running."""


@dataclass(frozen=True)
class StepToDo:
    kind: NextStep
    done: bool


def steps(standing: ExhibitorStanding) -> tuple[StepToDo, ...]:
    """The steps that make sense for this exhibitor, done ones too.

    Sign and badges need a booth of one's own; after the fair only the shop is left to look after.
    """
    found: list[StepToDo] = []
    if standing.takings_open:
        found.append(StepToDo(NextStep.TAKINGS, standing.takings_told))
    if standing.confirmed or standing.offered:
        found.append(StepToDo(NextStep.ANSWER, standing.confirmed))
    elif standing.open:
        found.append(StepToDo(NextStep.APPLY, standing.applied))
    found += [
        StepToDo(NextStep.SHOP, standing.shop),
        StepToDo(NextStep.PRODUCTS, standing.products >= PRODUCTS_WANTED),
    ]
    if standing.confirmed and standing.open:
        found += [StepToDo(NextStep.SIGN, standing.sign_printed), StepToDo(NextStep.BADGES, standing.badges > 0)]
    return tuple(found)
