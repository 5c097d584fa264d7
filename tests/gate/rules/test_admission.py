"""Admission, case by case: ``tests/vectors/admission.json`` is the rulebook for every implementation."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.gate.rules.admission import (
    AdmissionSlot,
    Attempt,
    Decision,
    Direction,
    Earlier,
    Edition,
    PassFacts,
    PeopleInside,
    Presented,
    ScanCode,
    Verdict,
    admit,
    coming_back,
    letting_return,
    overrule,
)
from exhibition.gate.rules.data_age import DataAge, Level, data_age
from exhibition.venue.rules.edition import Reentry

VECTORS = Path(__file__).parents[2] / "vectors"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "admission.json").read_text())
NOW = datetime(2026, 11, 6, 6, 10, tzinfo=UTC)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _facts(pass_: dict[str, Any]) -> PassFacts:
    slot = pass_["slot"]
    starts_at, ends_at = (datetime.fromisoformat(slot[name]) for name in ("starts_at", "ends_at"))
    values: dict[str, Any] = {name: _moment(pass_.get(name)) for name in ("moved_at", "left_at")}
    values["slot"] = AdmissionSlot(starts_at, ends_at, slot["closed"])
    return PassFacts(**pass_ | values)


def _edition(values: dict[str, Any]) -> Edition:
    reentry = Reentry(values.get("reentry", Reentry.WITHIN_SESSION))
    return Edition(**values | {"reentry": reentry, "round_over_at": _moment(values.get("round_over_at"))})


def _decide(case: dict[str, Any]) -> Decision:
    attempt, pass_, earlier = case["attempt"], case["pass"], case["earlier"]
    facts = None if pass_ is None else _facts(pass_)
    return admit(
        Attempt(
            presented=Presented(attempt["presented"]),
            direction=Direction(attempt["direction"]),
            device=attempt["device"],
            now=datetime.fromisoformat(attempt["now"]),
            generation=attempt["generation"],
            people=attempt["people"],
            screening_failed=attempt["screening_failed"],
        ),
        _edition(case["edition"]),
        PeopleInside(**case["hall"]),
        facts,
        Earlier(earlier["device"], datetime.fromisoformat(earlier["at"])) if earlier else None,
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_admission_decides_as_the_vectors_say(case: dict[str, Any]) -> None:
    expected = case["decision"]
    assert _decide(case) == Decision(Verdict(expected["verdict"]), ScanCode(expected["code"]), expected["people"])


RETURNS: list[dict[str, Any]] = json.loads((VECTORS / "coming_back.json").read_text())


@pytest.mark.parametrize("case", RETURNS, ids=[case["name"] for case in RETURNS])
def test_who_comes_back_is_no_further_visitor(case: dict[str, Any]) -> None:
    assert coming_back(_edition(case["edition"]), _facts(case["pass"]), case["people"]) == case["returned"]


def test_the_vectors_hold_every_code_at_least_twice() -> None:
    seen = Counter(case["decision"]["code"] for case in CASES)
    assert {code: seen[code] for code in ScanCode if seen[code] < 2} == {}


@st.composite
def _attempts(draw: st.DrawFn) -> tuple[Attempt, Edition, PeopleInside, PassFacts | None, Earlier | None]:
    party = draw(st.integers(1, 10))
    admitted = draw(st.integers(0, party))
    starts_at = NOW + timedelta(minutes=draw(st.integers(-120, 120)))
    facts = PassFacts(
        exhibition=draw(st.sampled_from("ab")),
        state=draw(st.sampled_from(("valid", "cancelled", "revoked"))),
        generation=draw(st.integers(0, 3)),
        party_size=party,
        inside=draw(st.integers(0, admitted)),
        admitted=admitted,
        slot=AdmissionSlot(starts_at, starts_at + timedelta(minutes=60), draw(st.booleans())),
        left_at=draw(st.none() | st.sampled_from((NOW - timedelta(minutes=9), NOW))),
    )
    attempt = Attempt(
        presented=draw(st.sampled_from(Presented)),
        direction=draw(st.sampled_from(Direction)),
        device=draw(st.sampled_from("12")),
        now=NOW,
        generation=draw(st.none() | st.integers(0, 3)),
        people=draw(st.none() | st.integers(1, 10)),
        screening_failed=draw(st.booleans()),
    )
    capacity = draw(st.integers(0, 20))
    earlier = draw(st.none() | st.builds(Earlier, st.sampled_from("12"), st.just(NOW - timedelta(seconds=5))))
    hall = PeopleInside(draw(st.integers(0, 20)), capacity)
    edition = Edition("a", 15, 0, draw(st.sampled_from(Reentry)), draw(st.none() | st.just(NOW)))
    return attempt, edition, hall, draw(st.none() | st.just(facts)), earlier


@given(_attempts())
def test_nobody_enters_beyond_the_party_or_the_hall(
    values: tuple[Attempt, Edition, PeopleInside, PassFacts | None, Earlier | None],
) -> None:
    attempt, edition, hall, pass_, _earlier = values
    decision = admit(*values)
    assert (decision.verdict is Verdict.ACCEPTED) == (decision.code is ScanCode.ACCEPTED) == (decision.people > 0)
    if decision.people and attempt.direction is Direction.ENTRY:
        assert pass_ is not None
        returned = coming_back(edition, pass_, decision.people)
        assert pass_.inside + decision.people <= pass_.party_size
        assert pass_.admitted + decision.people - returned <= pass_.party_size
        assert hall.inside + decision.people <= hall.capacity
    if decision.people and attempt.direction is Direction.EXIT:
        assert pass_ is not None
        assert decision.people <= pass_.inside


@given(_attempts())
def test_a_full_hall_never_keeps_anybody_from_leaving(
    values: tuple[Attempt, Edition, PeopleInside, PassFacts | None, Earlier | None],
) -> None:
    attempt, edition, _hall, pass_, earlier = values
    leaving = replace(attempt, direction=Direction.EXIT)
    answers = {admit(leaving, edition, PeopleInside(inside, 10), pass_, earlier) for inside in (0, 10, 50)}
    assert len(answers) == 1


AGES: list[dict[str, Any]] = json.loads((VECTORS / "data_age.json").read_text())


@pytest.mark.parametrize("case", AGES, ids=[case["name"] for case in AGES])
def test_a_devices_data_is_amber_and_red_when_the_vectors_say_so(case: dict[str, Any]) -> None:
    received_at = datetime.fromisoformat(case["received_at"]) if case["received_at"] else None
    now = datetime.fromisoformat(case["now"])
    age = data_age(received_at, now, case["amber_minutes"], case["red_minutes"])
    assert age == DataAge(case["age"]["minutes"], Level(case["age"]["level"]))


FIVE = frozenset({"too_early", "too_late", "slot_closed", "venue_full", "protocol_refused"})
HOUR = timedelta(hours=1)


def _overruled(
    allowed: frozenset[str], *, now: datetime = NOW, hall: PeopleInside | None = None, **facts: Any
) -> tuple[str, list[str]]:
    """The code of the decision and what was set aside, for a party of two whose slot began at NOW."""
    about: dict[str, Any] = {"state": "valid", "generation": 0, "party_size": 2, "inside": 0, "admitted": 0}
    slot = AdmissionSlot(NOW, NOW + HOUR, closed=facts.pop("closed", False))
    attempt = Attempt(
        presented=facts.pop("presented", Presented.TOKEN),
        direction=facts.pop("direction", Direction.ENTRY),
        device="d",
        now=now,
        generation=0,
        people=facts.pop("people", None),
        screening_failed=facts.pop("screening_failed", False),
    )
    pass_ = PassFacts(exhibition="e", slot=slot, **about | facts)
    result = overrule(attempt, Edition("e", 15, 0), hall or PeopleInside(0, 100), pass_, None, allowed)
    return result.decision.code.value, [code.value for code in result.codes]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"now": NOW - HOUR}, "too_early"),
        ({"now": NOW + 5 * HOUR}, "too_late"),
        ({"closed": True}, "slot_closed"),
        ({"hall": PeopleInside(100, 100)}, "venue_full"),
        ({"hall": PeopleInside(140, 100)}, "venue_full"),
        ({"screening_failed": True}, "protocol_refused"),
    ],
)
def test_a_supervisor_sets_aside_what_the_edition_allows_and_nothing_else(facts: dict[str, Any], code: str) -> None:
    assert _overruled(FIVE, **facts) == ("accepted", [code])
    assert _overruled(FIVE - {code}, **facts) == (code, [])
    assert _overruled(frozenset(), **facts) == (code, [])


@pytest.mark.parametrize(("inside", "people"), [(0, 2), (1, 1)])
def test_who_has_left_comes_back_on_a_supervisors_word_where_nobody_may(inside: int, people: int) -> None:
    pass_ = PassFacts("e", "valid", 0, 2, inside, 2, AdmissionSlot(NOW, NOW + HOUR, closed=False))
    attempt, never = Attempt(Presented.TOKEN, Direction.ENTRY, "d", NOW), Edition("e", 15, 0, Reentry.NEVER)
    hall = PeopleInside(0, 9)
    assert admit(attempt, never, hall, pass_, None).code is ScanCode.ALREADY_USED
    result = overrule(attempt, never, hall, pass_, None, frozenset({"already_used"}))
    assert (result.decision.people, result.codes) == (people, (ScanCode.ALREADY_USED,))
    assert coming_back(letting_return(never, result.codes), pass_, people) == people
    too_late = overrule(replace(attempt, now=NOW + 5 * HOUR), never, hall, pass_, None, frozenset({"already_used"}))
    assert too_late.decision.code is ScanCode.TOO_LATE
    slip = overrule(attempt, never, hall, pass_, Earlier("d", NOW), frozenset({"already_used"}))
    assert slip.decision.code is ScanCode.REPEAT_SCAN


def test_a_supervisor_sets_aside_several_reasons_at_once() -> None:
    facts: dict[str, Any] = {"now": NOW - HOUR, "closed": True, "hall": PeopleInside(9, 9), "screening_failed": True}
    everything = ["protocol_refused", "slot_closed", "too_early", "venue_full"]
    assert _overruled(FIVE, **facts) == ("accepted", everything)
    assert _overruled(FIVE - {"venue_full"}, **facts)[0] == "venue_full"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"presented": Presented.DAMAGED}, "bad_signature"),
        ({"presented": Presented.OTHER}, "unknown"),
        ({"exhibition": "f"}, "wrong_exhibition"),
        ({"state": "cancelled"}, "cancelled"),
        ({"state": "revoked"}, "revoked"),
        ({"generation": 1}, "superseded"),
        ({"admitted": 2, "inside": 2}, "already_used"),
        ({"people": 3}, "party_exceeded"),
        ({"direction": Direction.EXIT}, "not_inside"),
    ],
)
def test_no_edition_lets_a_supervisor_set_aside_the_other_reasons(facts: dict[str, Any], code: str) -> None:
    everything = frozenset(code.value for code in ScanCode)
    about: dict[str, Any] = {"exhibition": "e"} | facts
    other = about.pop("exhibition")
    if other != "e":
        pass_ = PassFacts(other, "valid", 0, 2, 0, 0, AdmissionSlot(NOW, NOW + HOUR, closed=False))
        attempt = Attempt(Presented.TOKEN, Direction.ENTRY, "d", NOW)
        assert overrule(attempt, Edition("e", 15, 0), PeopleInside(0, 9), pass_, None, everything).decision.code == code
        return
    assert _overruled(everything, **about)[0] == code
