"""The spacing planner: known answers, brute force, and its command."""

import json
from itertools import combinations
from math import hypot, sqrt
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from exhibition.core.files.json_documents import Fields, Malformed
from exhibition.venue.cli import cli
from exhibition.venue.rules import spacing
from exhibition.venue.rules.spacing import CandidateBooth, CandidateBooths, farthest, most_at_distance

GRID = CandidateBooths(
    tuple(CandidateBooth(f"{row}{column}", 3.0 * column, 3.0 * row) for row in range(10) for column in range(10))
)


def scattered(seed: int) -> CandidateBooths:
    random = Random(seed)
    places = tuple(CandidateBooth(str(n), random.randrange(10), random.randrange(10)) for n in range(11))
    return CandidateBooths(places, fixed=frozenset({"0", "1"}) if seed % 2 else frozenset(), forbidden=frozenset({"5"}))


def choices(hall: CandidateBooths, count: int) -> list[float]:
    """The smallest distance in every allowed choice of ``count`` booths."""
    return [
        min((hypot(a.x - b.x, a.y - b.y) for a, b in combinations(chosen, 2)), default=float("inf"))
        for chosen in combinations([place for place in hall.places if place.code not in hall.forbidden], count)
        if hall.fixed <= {place.code for place in chosen}
    ]


def test_38_of_100_booths_can_stand_4_24_metres_apart():
    answer = farthest(GRID, 38)
    assert len(answer.open) == 38
    assert answer.distance_m == pytest.approx(3 * sqrt(2))
    assert answer.bound == answer.distance_m
    assert answer.optimal


@pytest.mark.parametrize(("distance_m", "count"), [(3.0, 100), (4.2426, 50), (4.25, 25), (6.0, 25), (40.0, 1)])
def test_as_many_as_fit_on_the_grid(distance_m: float, count: int):
    answer = most_at_distance(GRID, distance_m)
    assert (len(answer.open), answer.bound, answer.optimal) == (count, count, True)


@pytest.mark.parametrize("seed", range(12))
def test_spacing_is_as_good_as_the_best_of_all_choices(seed: int):
    hall = scattered(seed)
    for count in (2, 3, 5, 8):
        answer = farthest(hall, count)
        assert answer.distance_m == pytest.approx(max(choices(hall, count)))
        assert answer.optimal
        assert answer.bound == answer.distance_m
        assert hall.fixed <= set(answer.open)
        assert not hall.forbidden & set(answer.open)


@pytest.mark.parametrize("seed", range(0, 12, 2))
def test_no_choice_holds_more_booths_at_a_distance(seed: int):
    hall = scattered(seed)
    answer = most_at_distance(hall, 4.0)
    best = max(count for count in range(1, 11) if any(reached >= 4.0 for reached in choices(hall, count)))
    assert (len(answer.open), answer.bound) == (best, best)
    assert answer.distance_m is None or answer.distance_m >= 4.0


def test_fixed_booths_stay_although_they_are_close():
    hall = CandidateBooths(
        (CandidateBooth("a", 0, 0), CandidateBooth("b", 1, 0), CandidateBooth("c", 9, 0)), fixed=frozenset({"a", "b"})
    )
    answer = most_at_distance(hall, 5.0)
    assert (answer.open, answer.distance_m) == (("a", "b", "c"), 1.0)


def test_more_than_there_are_gives_the_largest_count():
    answer = farthest(GRID, 101)
    assert (len(answer.open), answer.distance_m, answer.optimal) == (100, 3.0, True)


def test_one_booth_and_none_have_no_distance():
    assert farthest(GRID, 1).distance_m is None
    assert farthest(CandidateBooths(()), 3).open == ()
    assert most_at_distance(CandidateBooths(()), 3.0).open == ()


def test_distances_are_between_centres():
    document = {"booths": [{"code": "a", "x": 0, "y": 0, "width": 2, "depth": 2}, {"code": "b", "x": 9, "y": 1}]}
    assert farthest(spacing.read(Fields(document)), 2).distance_m == 8.0


def run(folder: Path, document: Any, *options: str) -> tuple[int, str, Path]:
    source, target = folder / "in.json", folder / "out.json"
    source.write_text(json.dumps(document))
    result = CliRunner().invoke(cli, ["space", "--input", str(source), "--output", str(target), *options])
    return result.exit_code, result.stderr, target


def test_space_writes_the_documented_keys(tmp_path: Path):
    document = {"booths": [{"code": place.code, "x": place.x, "y": place.y} for place in GRID.places]}
    code, _, target = run(tmp_path, document, "--count", "38")
    answer = json.loads(target.read_text())
    assert code == 0
    assert list(answer) == ["open", "count", "distance_m", "optimal", "bound"]
    assert answer["count"] == len(answer["open"]) == 38


@pytest.mark.parametrize(
    ("document", "options", "sentence"),
    [
        ({"booths": [{"code": "a", "x": "1", "y": 0}]}, ("--count", "1"), "booths[0].x must be a number, not '1'.\n"),
        ({"fixed": ["a"]}, ("--count", "1"), "fixed names booth 'a', which is not in booths.\n"),
        (
            {"booths": [{"code": "a", "x": 0, "y": 0}], "fixed": ["a"], "forbidden": ["a"]},
            ("--distance", "3"),
            "fixed names booth 'a', which is also forbidden.\n",
        ),
        ({}, (), "Give either --count or --distance.\n"),
        ({}, ("--count", "1", "--distance", "3"), "Give either --count or --distance.\n"),
        ({}, ("--count", "0"), "0 is not in the range x>=1.\n"),
        ({}, ("--distance", "nan"), "--distance must be a finite number, not nan.\n"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    tmp_path: Path, document: dict[str, Any], options: tuple[str, ...], sentence: str
):
    code, said, target = run(tmp_path, document, *options)
    assert code == 2
    assert said.endswith(sentence)
    assert not target.exists()


def metric_hall(metric: str) -> CandidateBooths:
    """Three booths in a row, 3 by 2 metres, gaps of 1 and 2 metres; the last is turned so that its front is left."""
    booths = [
        {"code": "A", "x": 0, "y": 0, "width": 3, "depth": 2},
        {"code": "B", "x": 4, "y": 0, "width": 3, "depth": 2},
        {"code": "C", "x": 9, "y": 0, "width": 2, "depth": 2, "rotation": 90},
    ]
    return spacing.read(Fields({"booths": booths, "metric": metric}))


@pytest.mark.parametrize(
    ("metric", "first_two", "last_two"),
    [("centre", 4.0, 4.5), ("edge", 1.0, 2.0), ("front", 4.0, hypot(3.5, 1))],
)
def test_distances_are_measured_as_asked(metric: str, first_two: float, last_two: float):
    hall = metric_hall(metric)
    without = {
        code: spacing.CandidateBooths(hall.places, forbidden=frozenset({code}), metric=hall.metric) for code in "AC"
    }
    assert farthest(without["C"], 2).distance_m == pytest.approx(first_two)
    assert farthest(without["A"], 2).distance_m == pytest.approx(last_two)


def test_a_turned_booth_counts_with_the_upright_rectangle_about_it():
    booths = [
        {"code": "A", "x": 0, "y": 0, "width": 4, "depth": 2},
        {"code": "B", "x": 10, "y": 0, "width": 4, "depth": 2, "rotation": 90},
    ]
    answer = farthest(spacing.read(Fields({"booths": booths, "metric": "edge"})), 2)
    assert answer.distance_m == pytest.approx(7.0)


def test_an_unknown_metric_is_refused_by_name():
    with pytest.raises(Malformed, match="metric must be one of centre, edge, front"):
        spacing.read(Fields({"booths": [], "metric": "walk"}))
