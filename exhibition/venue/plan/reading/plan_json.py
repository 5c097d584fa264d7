"""Reading a floor plan from its JSON document (docs/plan.md), strictly; each refusal names the field at fault."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from flask_babel import lazy_gettext as _l  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] - it has no types

from exhibition.core.errors import Message, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.venue.plan.reading import plan_values
from exhibition.venue.plan.reading.plan_values import (
    Area,
    Background,
    FloorPlan,
    PlanBooth,
    PlanFile,
    PlanLandmark,
    PlanZone,
)
from exhibition.venue.rules import halls as hall_rules
from exhibition.venue.rules.booth_numbers import CODE, LONGEST_CODE
from exhibition.venue.rules.halls import HallFault, NamedHall


def refuse(path: str, message: Message) -> NoReturn:
    """Raise Refused ``plan_invalid`` (422) that names the field."""
    raise Refused("plan_invalid", message, status=422, field=path[:120])


class _Part:
    """One object of the document; a member that was never read counts as unknown."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            refuse(path, _l("%(field)s must be an object in braces.", field=path or "{}"))
        self._values: dict[str, object] = value
        self._path = path
        self._names_read: set[str] = set()

    def at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def get(self, name: str) -> object:
        self._names_read.add(name)
        return self._values.get(name)

    def number(self, name: str, least: float, most: float, default: float | None = None, digits: int = 3) -> float:
        value = self.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            refuse(
                self.at(name),
                _l(
                    "%(field)s must be a number from %(least)s to %(most)s.",
                    field=self.at(name),
                    least=f"{least:g}",
                    most=f"{most:g}",
                ),
            )
        return round(float(value), digits) + 0.0  # avoids a negative zero

    def whole(self, name: str, most: int) -> int:
        value = self.number(name, 0, most, 0)
        if value != int(value):
            refuse(self.at(name), _l("%(field)s must be a whole number.", field=self.at(name)))
        return int(value)

    def text(self, name: str, longest: int, *, optional: bool = False) -> str:
        value = self.get(name)
        if value is None and optional:
            return ""
        tidy = " ".join(value.split()) if isinstance(value, str) else None
        if tidy is None or len(tidy) > longest or not tidy.isprintable() or not (tidy or optional):
            refuse(
                self.at(name),
                _l(
                    "%(field)s must be a text of at most %(longest)s ordinary characters.",
                    field=self.at(name),
                    longest=longest,
                ),
            )
        return tidy

    def code(self, name: str) -> str:
        value = self.text(name, 200).upper()
        if not CODE.fullmatch(value):
            refuse(
                self.at(name),
                _l(
                    "%(field)s must be 1 to 16 letters or digits; points, hyphens and underscores may stand between.",
                    field=self.at(name),
                ),
            )
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            refuse(self.at(name), _l("%(field)s must be true or false.", field=self.at(name)))
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.get(name)
        if value not in choices:
            refuse(
                self.at(name),
                _l("%(field)s must be one of: %(choices)s.", field=self.at(name), choices=", ".join(choices)),
            )
        return str(value)

    def part(self, name: str) -> "_Part":
        return _Part(self.get(name), self.at(name))

    def optional_part(self, name: str) -> "_Part | None":
        return None if self.get(name) is None else self.part(name)

    def parts(self, name: str, most: int) -> "Iterator[_Part]":
        value = self.get(name)
        if value is None:
            return
        # The cast is because isinstance says nothing about the items; _Part looks at each.
        items = cast("list[object]", value) if isinstance(value, list) else None
        if items is None or len(items) > most:
            refuse(self.at(name), _l("%(field)s must be a list of at most %(most)s.", field=self.at(name), most=most))
        for number, item in enumerate(items):
            yield _Part(item, f"{self.at(name)}[{number}]")

    def close(self) -> None:
        """Refuse members that were never read, because a misspelt field must not be taken for a missing one."""
        for name in self._values:
            if name not in self._names_read:
                path = self.at(name)[:80].encode("ascii", "backslashreplace").decode()
                refuse(path, _l("%(field)s is not a field of a floor plan.", field=path))


def loads(content: bytes | str) -> Any:
    """The JSON value. Raises Refused ``plan_invalid`` (422) for invalid JSON, deep nesting and huge numbers."""
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return json.loads(text, parse_constant=_no_number)
    except UnicodeDecodeError:
        refuse("file", _l("The file is not UTF-8."))
    except json.JSONDecodeError as error:
        refuse("file", _l("The file is not JSON: look at line %(line)s.", line=error.lineno))
    except RecursionError:
        refuse("file", _l("The file is nested too deeply."))
    except ValueError:
        refuse("file", _l("The file holds something that is not a number."))


def _no_number(_text: str) -> NoReturn:
    raise ValueError


def read(content: bytes) -> PlanFile:
    """The plan in a file. Raises Refused ``plan_invalid`` (422) as ``loads`` and ``floor_plan`` do."""
    document = loads(content)
    plan = floor_plan(document)
    picture: object = document["background"].get("content") if plan.background else ""
    return PlanFile(plan, picture if isinstance(picture, str) else "")


def floor_plan(value: object) -> FloorPlan:
    """The plan that a document describes. Raises Refused ``plan_invalid`` (422), naming the field by its path.

    The background's ``content`` is read by ``read``, not here; its ``picture`` is the
    SHA-256.
    """
    document = _Part(value, "")
    document.one_of("format", (plan_values.FORMAT,))
    hall = document.part("hall")
    sizes = plan_values.SMALLEST_HALL_M, plan_values.LARGEST_HALL_M
    width, depth = hall.number("width", *sizes), hall.number("depth", *sizes)
    hall.close()
    halls = _halls(document)
    if halls:
        width, depth = hall_rules.ground(halls)
    zones = tuple(_zone(part) for part in document.parts("zones", plan_values.MOST_ZONES))
    if twice := plan_values.doubled(zone.code for zone in zones):
        refuse("zones", _l("The zone %(code)s is there twice.", code=twice[0]))
    codes = {zone.code for zone in zones}
    booths = tuple(_booth(part, codes) for part in document.parts("booths", plan_values.MOST_BOOTHS))
    ids = [booth.id for booth in booths if booth.id is not None]
    if len(ids) != len(set(ids)):
        refuse("booths", _l("Two booths have the same id."))
    landmarks = tuple(_landmark(part) for part in document.parts("landmarks", plan_values.MOST_LANDMARKS))
    found = document.optional_part("background")
    background = _background(found) if found else None
    document.close()
    return FloorPlan(width, depth, booths, landmarks, zones, background, halls)


def _halls(document: _Part) -> tuple[NamedHall, ...]:
    """The halls by their codes."""
    sizes = plan_values.SMALLEST_HALL_M, plan_values.LARGEST_HALL_M
    halls: list[NamedHall] = []
    for part in document.parts("halls", plan_values.MOST_HALLS):
        code, name = part.code("code"), part.text("name", plan_values.LONGEST_LABEL)
        place = {side: part.number(side, 0, plan_values.LARGEST_HALL_M) for side in ("x", "y")}
        place |= {side: part.number(side, *sizes) for side in ("width", "depth")}
        halls.append(NamedHall(code, name, **place))
        part.close()
    match hall_rules.fault(halls):
        case (HallFault.CODE_REPEATED, _one, other):
            refuse(f"halls[{other}].code", _l("Two halls have the code %(code)s.", code=halls[other].code))
        case (HallFault.OVERLAP, one, other):
            message = _l(
                "The halls %(one)s and %(other)s overlap. Make one smaller, or move it aside.",
                one=halls[one].name,
                other=halls[other].name,
            )
            refuse(f"halls[{other}]", message)
        case _:
            return tuple(sorted(halls, key=lambda hall: hall.code))


def _rectangle(part: _Part) -> dict[str, float]:
    far, sizes = (-plan_values.FARTHEST_M, plan_values.FARTHEST_M), (plan_values.SMALLEST_M, plan_values.LARGEST_M)
    return {
        "x": part.number("x", *far),
        "y": part.number("y", *far),
        "width": part.number("width", *sizes),
        "depth": part.number("depth", *sizes),
    }


def _turn(part: _Part) -> float:
    return part.number("rotation", -3600, 3600, 0.0, digits=2) % 360


def _zone(part: _Part) -> PlanZone:
    area_part = part.optional_part("area")
    area = None
    if area_part is not None:
        area = Area(**_rectangle(area_part))
        area_part.close()
    zone = PlanZone(part.code("code"), part.text("name", plan_values.LONGEST_LABEL), area)
    part.close()
    return zone


def _booth(part: _Part, zones: set[str]) -> PlanBooth:
    zone = part.text("zone", LONGEST_CODE, optional=True).upper()
    if zone and zone not in zones:
        refuse(part.at("zone"), _l("%(field)s: there is no zone %(code)s.", field=part.at("zone"), code=zone))
    number = part.whole("id", LARGEST_ID)
    booth = PlanBooth(
        code=part.code("code"),
        **_rectangle(part),
        rotation=_turn(part),
        zone=zone,
        corner=part.flag("corner", default=False),
        power_va=part.whole("power_va", plan_values.MOST_POWER_VA),
        water=part.flag("water", default=False),
        accessible=part.flag("accessible", default=True),
        blocked_reason=part.text("blocked_reason", plan_values.LONGEST_REASON, optional=True),
        id=number or None,
    )
    part.close()
    return booth


def _landmark(part: _Part) -> PlanLandmark:
    landmark = PlanLandmark(
        kind=part.one_of("kind", plan_values.LANDMARK_KINDS),
        **_rectangle(part),
        rotation=_turn(part),
        label=part.text("label", plan_values.LONGEST_LABEL, optional=True),
    )
    part.close()
    return landmark


def _background(part: _Part) -> Background:
    picture = part.get("picture")
    if not isinstance(picture, str) or not plan_values.PICTURE.fullmatch(picture):
        refuse(part.at("picture"), _l("%(field)s must be the picture's SHA-256.", field=part.at("picture")))
    part.get("content")
    background = Background(picture, **_rectangle(part), opacity=part.number("opacity", 0, 1, 0.5, digits=2))
    part.close()
    return background
