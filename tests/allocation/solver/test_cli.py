"""``flask allocation solve`` as a command: a document in, a document or one sentence out."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exhibition.allocation.cli import cli
from exhibition.allocation.solver import checker

BOOTH = {"code": "A1", "x": 0, "y": 0}
GOOD: dict[str, Any] = {"booths": [BOOTH], "applications": [{"id": "a"}], "time_limit_s": 1}


def run(folder: Path, text: str | bytes) -> tuple[int, str, Path]:
    source, target = folder / "in.json", folder / "out.json"
    source.write_bytes(text.encode() if isinstance(text, str) else text)
    result = CliRunner().invoke(cli, ["solve", "--input", str(source), "--output", str(target)])
    return result.exit_code, result.stderr, target


def test_solve_writes_the_documented_keys(tmp_path: Path):
    document = GOOD | {"applications": [{"id": 7, "wishes": ["A1"]}, {"id": "b"}]}
    code, _, target = run(tmp_path, json.dumps(document))
    plan = json.loads(target.read_text())
    assert code == 0
    assert list(plan) == ["assignments", "unplaced", "reasons", "objective", "bound", "optimal", "cut_short", "seconds"]
    assert plan["assignments"] == {"7": "A1"}
    assert plan["unplaced"]["b"].startswith("full: ")
    assert plan["reasons"]["7"] == ["wish_met: Booth A1 is wish 1."]
    assert checker.violations(document, plan) == []


def test_unknown_fields_are_named_but_do_no_harm(tmp_path: Path):
    code, said, target = run(tmp_path, json.dumps(GOOD | {"applications": [{"id": "a", "avoids": []}]}))
    assert code == 0
    assert "applications[0].avoids is not a known field" in said
    assert target.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"applications": [{"id": "a", "needs": {"power_va": "x"}}]},
            "applications[0].needs.power_va must be a number, not 'x'.",
        ),
        ({"applications": {}}, "applications must be a list, not {}."),
        ({"applications": [3]}, "applications[0] must be an object, not 3."),
        ({"applications": [{}]}, "applications[0].id is missing or empty."),
        ({"applications": [{"id": True}]}, "applications[0].id must be a text, not true."),
        ({"applications": [{"id": "1"}, {"id": 1}]}, "applications[1].id '1' is already that of applications[0]."),
        ({"applications": [{"id": "a", "wishes": "A1"}]}, "applications[0].wishes must be a list, not 'A1'."),
        ({"applications": [{"id": "a", "near": [None]}]}, "applications[0].near[0] must be a text, not null."),
        ({"applications": [{"id": "a", "points": -1}]}, "applications[0].points must be at least 0, not -1."),
        (
            {"applications": [{"id": "a", "needs": {"water": "yes"}}]},
            "applications[0].needs.water must be true or false, not 'yes'.",
        ),
        (
            {"applications": [{"id": "a", "pinned": "Z"}]},
            "applications[0].pinned names booth 'Z', which is not in booths.",
        ),
        (
            {"applications": [{"id": "a", "pinned": "A1"}, {"id": "b", "pinned": "A1"}]},
            "applications[1].pinned names booth 'A1', where applications[0] is pinned.",
        ),
        ({"booths": [BOOTH, BOOTH]}, "booths[1].code 'A1' is already that of booths[0]."),
        ({"booths": [{"code": "A1", "x": 0}]}, "booths[0].y is missing."),
        ({"booths": [BOOTH | {"x": float("nan")}]}, "booths[0].x must be a finite number, not nan."),
        ({"booths": [BOOTH | {"x": float("-inf")}]}, "booths[0].x must be a finite number, not -inf."),
        ({"booths": [BOOTH | {"x": 10**30}]}, "booths[0].x must be at most 1e+06, not a number that large."),
        ({"booths": [BOOTH | {"width": -2}]}, "booths[0].width must be at least 0, not -2."),
        ({"booths": [BOOTH | {"tenants": 0}]}, "booths[0].tenants must be at least 1, not 0."),
        ({"booths": [BOOTH | {"tenants": 1.5}]}, "booths[0].tenants must be a whole number, not 1.5."),
        ({"booths": [BOOTH | {"tenants": 1e9}]}, "booths[0].tenants must be at most 20, not 1000000000.0."),
        ({"applications": [{"id": "a", "share": ["b"]}]}, "applications[0].share must be a text, not ['b']."),
        ({"applications": [{"id": "a", "newcomer": 1}]}, "applications[0].newcomer must be true or false, not 1."),
        ({"weights": {"newcomers": -1}}, "weights.newcomers must be at least 0, not -1."),
        ({"applications": [{"id": "a", "days": "fri"}]}, "applications[0].days must be a list, not 'fri'."),
        ({"applications": [{"id": "a", "days": [True]}]}, "applications[0].days[0] must be a text, not true."),
        (
            {"applications": [{"id": "a", "days": [*range(20)]}, {"id": "b", "days": [*range(19, 32)]}]},
            "applications[1].days names more days; at most 31 may occur in all.",
        ),
        ({"avoid_radius_m": -1}, "avoid_radius_m must be at least 0, not -1."),
        ({"competitor_radius_m": False}, "competitor_radius_m must be a number, not false."),
        ({"weights": [1]}, "weights must be an object, not [1]."),
        ({"weights": {"near": 1e9}}, "weights.near must be at most 10000, not 1000000000.0."),
        ({"seed": 1.5}, "seed must be a whole number, not 1.5."),
        ({"time_limit_s": 0}, "time_limit_s must be at least 0.001, not 0."),
        ({"booths": [BOOTH] * 1001}, "booths may hold at most 1000 entries, not 1001."),
    ],
)
def test_a_malformed_field_is_named_in_one_sentence(tmp_path: Path, change: dict[str, Any], sentence: str):
    code, said, target = run(tmp_path, json.dumps(GOOD | change))
    assert (code, said) == (2, sentence + "\n")
    assert not target.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["in.json"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"seed": ' + b"9" * 5000 + b"}",
        b'{"a":' * 100_000,
        b'{"booths": "\xe9"}',
    ],
)
def test_what_is_no_json_object_is_refused_in_one_sentence(tmp_path: Path, text: bytes):
    code, said, target = run(tmp_path, text)
    assert code == 2
    assert said.count("\n") == 1
    assert said.endswith(".\n")
    assert not target.exists()


def test_files_that_cannot_be_read_or_written_are_refused(tmp_path: Path):
    source = tmp_path / "in.json"
    nowhere = tmp_path / "missing" / "out.json"
    missing = CliRunner().invoke(cli, ["solve", "--input", str(source), "--output", str(tmp_path / "out.json")])
    assert (missing.exit_code, missing.stderr) == (2, "The input file cannot be read: No such file or directory.\n")
    source.write_text(json.dumps(GOOD))
    unwritable = CliRunner().invoke(cli, ["solve", "--input", str(source), "--output", str(nowhere)])
    assert unwritable.exit_code == 2
    assert "The output file cannot be written" in unwritable.stderr
