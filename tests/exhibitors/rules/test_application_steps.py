"""The steps, the points, the lottery and the licences, as plain functions."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.core.config import PROJECT
from exhibition.exhibitors.rules import application_steps, licences
from exhibition.exhibitors.rules.application_steps import (
    ApplicationState,
    Ground,
    PointRules,
    PointsClaim,
    Step,
    StepTaker,
)

DOCUMENT = PROJECT / "docs" / "applications.md"


def test_the_documents_diagrams_are_the_table() -> None:
    drawn = [part.split("```")[0].strip() for part in DOCUMENT.read_text().split("```mermaid\n")[1:]]
    people, booths = (
        application_steps.diagram(StepTaker.APPLICANT, StepTaker.ORGANIZER),
        application_steps.diagram(StepTaker.ALLOCATION),
    )
    assert drawn == [people, booths]
    for line in application_steps.PASSAGES:
        for before in line.before:
            assert f"{before} --> {line.after}: {line.step} (" in people + booths


def test_every_state_is_reached_and_none_is_a_dead_end() -> None:
    reached = {line.after for line in application_steps.PASSAGES} | {ApplicationState.DRAFT}
    left = {state for line in application_steps.PASSAGES for state in line.before}
    assert reached == left == set(ApplicationState)


def test_a_step_from_a_state_leads_to_one_state_only() -> None:
    lines = [
        (line.step, state, party) for line in application_steps.PASSAGES for state in line.before for party in line.by
    ]
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("state", [ApplicationState.OFFERED, ApplicationState.ACCEPTED, ApplicationState.CONFIRMED])
def test_only_the_allocation_moves_what_a_booth_stands_behind(state: ApplicationState) -> None:
    confirming = [Step.CONFIRM] if state is ApplicationState.ACCEPTED else []
    assert application_steps.steps_from(state, StepTaker.ORGANIZER) == confirming, (
        "all that organizers add is their word"
    )
    assert application_steps.steps_from(state, StepTaker.APPLICANT) == []
    assert application_steps.steps_from(state, StepTaker.ALLOCATION)


def test_an_applicant_cannot_shortlist_itself() -> None:
    assert application_steps.passage(ApplicationState.SUBMITTED, Step.SHORTLIST, StepTaker.APPLICANT) is None
    assert application_steps.passage(ApplicationState.SUBMITTED, Step.SHORTLIST, StepTaker.ORGANIZER) is not None


POINTS = PointRules(kinds={"umkm": 10}, districts={"Bawen": 4, "*": 1}, first_time=5, attended=-2, cluster=3)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (
            PointsClaim("umkm", "Bawen", attended=False, in_cluster=True),
            {"kind": 10, "first_time": 5, "district": 4, "cluster": 3},
        ),
        (PointsClaim("umkm", " bAwEn ", attended=True, in_cluster=False), {"kind": 10, "attended": -2, "district": 4}),
        (PointsClaim("ministry", "Jakarta", attended=True, in_cluster=False), {"attended": -2, "district": 1}),
        (PointsClaim("ministry", "", attended=False, in_cluster=False), {"first_time": 5}),
    ],
)
def test_points_are_broken_down_by_ground(claim: PointsClaim, expected: dict[str, int]) -> None:
    assert dict(application_steps.points(POINTS, claim)) == {Ground(name): worth for name, worth in expected.items()}


def test_the_lottery_can_be_computed_by_anybody() -> None:
    scores = {"STN-AAA": 5, "STN-BBB": 9, "STN-CCC": 5, "STN-DDD": 5}
    equal = sorted(
        ["STN-AAA", "STN-CCC", "STN-DDD"], key=lambda one: hashlib.sha256(f"benih:{one}".encode()).hexdigest()
    )
    assert application_steps.ranking("benih", scores) == ["STN-BBB", *equal]
    assert application_steps.seed_hash("benih") == hashlib.sha256(b"benih").hexdigest()


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.integers(-50, 50), max_size=30), st.text(max_size=10))
def test_a_ranking_holds_everybody_once_and_nobody_before_more_points(scores: dict[str, int], seed: str) -> None:
    order = application_steps.ranking(seed, scores)
    assert sorted(order) == sorted(scores)
    assert [scores[one] for one in order] == sorted(scores.values(), reverse=True)
    assert order == application_steps.ranking(seed, dict(reversed(scores.items())))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CV. Kopi  Ngipik", "kopi ngipik"),
        ("Batik Éndah", "BATIK ENDAH"),
        ("Toko Sari", "sari"),
        ("UD Toko", "ud toko"),
    ],
)
def test_names_of_one_business_have_one_key(one: str, other: str) -> None:
    assert application_steps.name_key(one) == application_steps.name_key(other)


def test_names_in_other_scripts_are_told_apart() -> None:
    assert application_steps.name_key("咖啡") != application_steps.name_key("茶")
    assert application_steps.name_key("咖啡")


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("nib", "1234567890123", "1234567890123"),
        ("nib", "NIB. 1234-5678-90123", "1234567890123"),
        ("nib", "123", None),
        ("nib", "١٢٣٤٥٦٧٨٩٠١٢٣", None),
        ("pirt", "P-IRT No. 2063374010123-26", "206337401012326"),
        ("pirt", "P-IRT No. 206337401012326", "206337401012326"),
        ("pirt", "kopi", None),
        ("halal", "id 33110000123450120", "ID33110000123450120"),
        ("halal", "00000000000", "00000000000"),
        ("halal", "'; DROP TABLE application; --", None),
    ],
)
def test_licences_are_checked_for_their_shape(kind: str, text: str, kept: str | None) -> None:
    assert licences.CHECKS[kind](text) == kept
