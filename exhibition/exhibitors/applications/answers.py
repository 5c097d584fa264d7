"""Checking the answers in an application, and the form in which they are stored: phone, licences, wishes, names."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from exhibition.core.contacts import phone_e164
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors.models import Cluster
from exhibition.exhibitors.rules import licences
from exhibition.exhibitors.rules.application_steps import LONGEST_NAME, MOST_NAMES, MOST_WISHES, name_key
from exhibition.venue.models import Booth, Exhibition, Zone

LICENCE_FAULTS = {
    "nib": _l("An NIB has 13 digits. Leave this empty if you have none yet."),
    "pirt": _l("A P-IRT number has 15 digits. Leave this empty if you have none yet."),
    "halal": _l("A halal number is ID with digits behind it. Leave this empty if you have none yet."),
}


def _refuse(code: str, message: LazyString, field: str) -> Refused:
    return Refused(code, message, status=422, field=field)


def clean(exhibition: Exhibition, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values to store: phone in E.164, licences without extra characters, existing wishes, distinct names.

    Raises Refused (422) ``phone_invalid``, ``licence_invalid``, ``wish_unknown``, ``wishes_too_many``,
    ``names_too_many``, ``name_without_letters``, ``cluster_unknown``, naming the field.
    """
    kept = dict(values)
    if "name" in kept:
        if not any(sign.isalnum() for sign in kept["name"]):
            raise _refuse("name_without_letters", _l("Write the name of the business."), "name")
        kept["name_key"] = name_key(kept["name"])[:160]
    if "email" in kept:
        kept["email"] = kept["email"].strip().casefold()
    if kept.get("cluster_id") and db.session.get(Cluster, kept["cluster_id"]) is None:
        raise _refuse("cluster_unknown", _l("Choose a cluster from the list."), "cluster_id")
    kept |= _numbers(kept)
    kept |= {field: _names(kept[field], field) for field in ("near", "avoid") if field in kept}
    booths = select(Booth.code).where(Booth.exhibition_id == exhibition.id)
    zones = select(Zone.code).where(Zone.exhibition_id == exhibition.id)
    for field, statement in (("wishes", booths), ("zone_wishes", zones)):
        if field in kept:
            kept[field] = _known(kept[field], statement, field)
    return kept


def _numbers(values: Mapping[str, Any]) -> dict[str, str]:
    """Phone and licences in the form in which they are compared."""
    kept: dict[str, str] = {}
    if values.get("phone"):
        number = phone_e164(values["phone"])
        if number is None:
            message = _l("This is not a phone number. Write it like 0812 3456 7890.")
            raise _refuse("phone_invalid", message, "phone")
        kept["phone"] = number
    for field, check in licences.CHECKS.items():
        if values.get(field):
            licence = check(values[field])
            if licence is None:
                raise _refuse("licence_invalid", LICENCE_FAULTS[field], field)
            kept[field] = licence
    return kept


def _names(names: list[str], field: str) -> list[str]:
    tidy = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    if len(tidy) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in tidy):
        raise _refuse("names_too_many", _l("At most five names, one on each line."), field)
    return tidy


def _known(codes: list[str], statement: Select[str], field: str) -> list[str]:
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    if not wanted:
        return []
    there = {code.upper(): code for code in db.session.scalars(statement)}
    unknown = [code for code in wanted if code not in there]
    if unknown:
        message = _l(
            "There is no %(code)s on the plan. Look at the plan and write the number of a booth.", code=unknown[0][:20]
        )
        raise _refuse("wish_unknown", message, field)
    if len(wanted) > MOST_WISHES:
        raise _refuse("wishes_too_many", _l("Name at most five, your favourite first."), field)
    return [there[code] for code in wanted]


def zones(exhibition: Exhibition) -> list[Zone]:
    """The zones that an applicant may wish for."""
    return list(db.session.scalars(select(Zone).where(Zone.exhibition_id == exhibition.id).order_by(Zone.name)))
