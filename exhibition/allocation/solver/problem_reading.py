"""Reading a problem from a JSON document: every field is checked, and an error names the field at fault."""

from collections import defaultdict
from dataclasses import asdict

from exhibition.allocation.solver.problem import (
    DEFAULT_AFFINITY,
    HEAVIEST,
    AllocationProblem,
    BoothRequest,
    Needs,
    OpenBooth,
    Quota,
    QuotaOf,
    Weights,
)
from exhibition.allocation.solver.tenancies import tenancies
from exhibition.core.files.json_documents import Fields, Malformed

MOST_BOOTHS = 1000
MOST_APPLICATIONS = 2000
MOST_TENANTS = 20
MOST_DAYS = 31
MOST_EFFORT = 1000.0
EFFORT_A_SECOND = 0.2
"""The effort in a document that names only a time limit: a machine some times slower than usual manages it too."""


def read(document: Fields) -> AllocationProblem:
    """The problem in a document. Raises ``Malformed``."""
    booths = tuple(_booth(part) for part in document.parts("booths", most=MOST_BOOTHS))
    applications = tuple(_application(part) for part in document.parts("applications", most=MOST_APPLICATIONS))
    _refuse_repeats([booth.code for booth in booths], "booths", "code")
    _refuse_repeats([application.id for application in applications], "applications", "id")
    _refuse_too_many_days(applications)
    _refuse_pins_to_nowhere(booths, applications)
    _refuse_pins_to_one_booth(booths, applications)
    weights = document.part("weights")
    affinity = document.part("affinity")
    limit_s = document.number("time_limit_s", AllocationProblem.time_limit_s, minimum=0.001, maximum=3600)
    effort = AllocationProblem.effort if document.value("time_limit_s") is None else EFFORT_A_SECOND * limit_s
    return AllocationProblem(
        booths=booths,
        applications=applications,
        avoid_radius_m=document.number("avoid_radius_m", AllocationProblem.avoid_radius_m),
        competitor_radius_m=document.number("competitor_radius_m", AllocationProblem.competitor_radius_m),
        near_radius_m=document.number("near_radius_m", AllocationProblem.near_radius_m),
        affinity={kind: affinity.names(kind) for kind in affinity.field_names()} or dict(DEFAULT_AFFINITY),
        weights=Weights(
            **{term: weights.number(term, worth, maximum=HEAVIEST) for term, worth in asdict(Weights()).items()}
        ),
        quotas=_quotas(document),
        seed=document.whole("seed", AllocationProblem.seed),
        effort=document.number("effort", effort, maximum=MOST_EFFORT),
        time_limit_s=limit_s,
    )


def _quotas(document: Fields) -> tuple[Quota, ...]:
    quotas: dict[QuotaOf, Quota] = {}
    for part in document.parts("quotas", most=len(QuotaOf)):
        name = part.name("of")
        if name not in list(QuotaOf) or QuotaOf(name) in quotas:
            kinds = ", ".join(QuotaOf)
            raise Malformed(f"{part.at('of')} must be one of {kinds}, each once, not {name!a}.")
        quotas[QuotaOf(name)] = Quota(QuotaOf(name), part.number("percent", maximum=100), part.flag("hard"))
    return tuple(quotas.values())


def _booth(part: Fields) -> OpenBooth:
    return OpenBooth(
        code=part.name("code"),
        x=part.number("x", minimum=-1e6) + part.number("width", 0.0) / 2,
        y=part.number("y", minimum=-1e6) + part.number("depth", 0.0) / 2,
        zone=part.optional_name("zone"),
        power_va=part.number("power_va", 0.0),
        water=part.flag("water"),
        accessible=part.flag("accessible"),
        tenants=part.whole("tenants", OpenBooth.tenants, minimum=1, maximum=MOST_TENANTS),
    )


def _application(part: Fields) -> BoothRequest:
    needs = part.part("needs")
    return BoothRequest(
        id=part.name("id"),
        kind=part.optional_name("kind"),
        product_group=part.optional_name("product_group"),
        cluster=part.optional_name("cluster"),
        share=part.optional_name("share"),
        wishes=part.names("wishes"),
        zone_wishes=part.names("zone_wishes"),
        needs=Needs(needs.number("power_va", 0.0), needs.flag("water"), needs.flag("accessible")),
        near=part.names("near"),
        avoid=part.names("avoid"),
        points=part.number("points", 0.0),
        pinned=part.optional_name("pinned"),
        current=part.optional_name("current"),
        newcomer=part.flag("newcomer"),
        local=part.flag("local"),
        days=part.names("days"),
    )


def _refuse_repeats(names: list[str], list_name: str, field_name: str) -> None:
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        if name in seen:
            raise Malformed(
                f"{list_name}[{position}].{field_name} {name!a} is already that of {list_name}[{seen[name]}]."
            )
        seen[name] = position


def _refuse_too_many_days(applications: tuple[BoothRequest, ...]) -> None:
    days: set[str] = set()
    for position, application in enumerate(applications):
        days.update(application.days)
        if len(days) > MOST_DAYS:
            raise Malformed(f"applications[{position}].days names more days; at most {MOST_DAYS} may occur in all.")


def _refuse_pins_to_nowhere(booths: tuple[OpenBooth, ...], applications: tuple[BoothRequest, ...]) -> None:
    codes = {booth.code for booth in booths}
    for position, application in enumerate(applications):
        if application.pinned is not None and application.pinned not in codes:
            raise Malformed(
                f"applications[{position}].pinned names booth {application.pinned!a}, which is not in booths."
            )


def _refuse_pins_to_one_booth(booths: tuple[OpenBooth, ...], applications: tuple[BoothRequest, ...]) -> None:
    pinned: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for tenancy in tenancies(booths, applications):
        if tenancy.pinned is None:
            continue
        position = next(number for number in tenancy.members if applications[number].pinned)
        for other, days in pinned[tenancy.pinned]:
            if days & tenancy.days:
                raise Malformed(
                    f"applications[{position}].pinned names booth {tenancy.pinned!a},"
                    f" where applications[{other}] is pinned."
                )
        pinned[tenancy.pinned].append((position, tenancy.days))
