"""What a pass says at a moment, by the vectors that the page's JavaScript runs too; and gates say the same."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.core.config import PROJECT
from exhibition.gate.rules import admission
from exhibition.venue.rules.edition import Reentry
from exhibition.visitors.advice.pass_advice import Advice, Advised, AdvisedPass, Round, advise

CASES: list[dict[str, Any]] = json.loads((PROJECT / "tests" / "vectors" / "pass_advice.json").read_text())
START = datetime(2026, 11, 7, 3, tzinfo=UTC)
GOES_IN = (Advice.GO_IN, Advice.REST_GO_IN, Advice.GO_BACK)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def facts_of(case: dict[str, Any]) -> AdvisedPass:
    values: dict[str, Any] = case["facts"]
    rounds = [Round(moment(one["starts_at"]), moment(one["ends_at"])) for one in values["rounds"]]
    span = {name: moment(values[name]) for name in ("starts_at", "ends_at")}
    left_at = moment(values["left_at"]) if values["left_at"] else None
    return AdvisedPass(**{**values, **span, "rounds": rounds, "left_at": left_at})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    at = case["advised"]["at"]
    expected = Advised(Advice(case["advised"]["advice"]), moment(at) if at else None)
    assert advise(facts_of(case), moment(case["now"])) == expected


def test_every_advice_has_a_vector() -> None:
    assert {case["advised"]["advice"] for case in CASES} == set(Advice)


minutes = st.integers(-200, 200).map(lambda number: START + timedelta(minutes=number))
rounds = st.lists(st.tuples(minutes, st.integers(1, 90)), max_size=3).map(
    lambda found: [Round(start, start + timedelta(minutes=lasts)) for start, lasts in sorted(found)]
)


@given(
    now=minutes,
    lasts=st.integers(1, 120),
    rounds=rounds,
    closed=st.booleans(),
    admitted=st.integers(0, 4),
    early=st.integers(0, 30),
    late=st.integers(0, 30),
    state=st.sampled_from(["valid", "cancelled", "revoked"]),
    reentry=st.sampled_from(Reentry),
    left_at=minutes,
)
def test_gates_let_in_exactly_who_is_told_to_go_in(
    *,
    now: datetime,
    lasts: int,
    rounds: list[Round],
    closed: bool,
    admitted: int,
    early: int,
    late: int,
    state: Any,
    reentry: Reentry,
    left_at: datetime,
) -> None:
    """Of parties that are out, whole or in part: who is in is told so, though others of them may follow."""
    ends_at = START + timedelta(minutes=lasts)
    inside, out = (0, left_at) if admitted == 4 and left_at <= now else (admitted, None)
    facts = AdvisedPass(
        state, "on", START, ends_at, closed, False, 4, admitted, inside, early, late, rounds, reentry.value, out
    )
    sprayed = any(one.starts_at <= now < one.ends_at for one in rounds)
    round_over_at = max((one.ends_at for one in rounds if one.ends_at <= now), default=None)
    decision = admission.admit(
        admission.Attempt(admission.Presented.CODE, admission.Direction.ENTRY, "phone", now),
        admission.Edition("fair", early, late, reentry, round_over_at),
        admission.PeopleInside(0, 100),
        admission.PassFacts(
            "fair",
            state,
            0,
            4,
            inside,
            admitted,
            admission.AdmissionSlot(START, ends_at, closed or sprayed),
            left_at=out,
        ),
        None,
    )
    assert (decision.code is admission.ScanCode.ACCEPTED) == (advise(facts, now).advice in GOES_IN)
