"""The published result of a selection: nothing before, no names but public ones, and it can be computed again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from exhibition.accounts.audit import Actor
from exhibition.allocation import service
from exhibition.allocation.proposals import problem_builder
from exhibition.allocation.selection import service as selection
from exhibition.allocation.selection.rules import SelectedApplication, SelectionOutcome, shares, standing
from exhibition.core.config import PROJECT
from exhibition.core.errors import Refused
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import Step, StepTaker
from exhibition.venue.models import Exhibition
from tests.exhibitors.applications.applying import submitted

RATNA = Actor(None, "Ratna")
SCRIPT = PROJECT / "docs" / "recompute_selection.py"


@pytest.fixture
def applied(exhibition: Exhibition) -> list[Application]:
    """Three applicants of a drawn lottery: the first has a confirmed booth, the second an offer."""
    found = [
        submitted(
            exhibition, name=f"Usaha {number}", phone=f"08123450000{number}", email=f"{number}@example.com", **more
        )
        for number, more in enumerate(({"attended": True}, {"district": "Ambarawa"}, {"product_group": "Kopi"}))
    ]
    for one in found[:2]:
        applications.take(RATNA, StepTaker.ORGANIZER, one.id, Step.SHORTLIST)
    free = [booth.code for booth in service.plan(exhibition) if booth.state == "open"]
    for one, code, acts in zip(found, free, ((service.offer, service.confirm), (service.offer,)), strict=False):
        service.hold(RATNA, exhibition, code, one.exhibitor_id or 0)
        for act in acts:
            claim = next(claim for claim in service.claims(exhibition) if claim.exhibitor_id == one.exhibitor_id)
            act(RATNA, exhibition, claim.mark)
    calls.draw(RATNA, exhibition)
    return found


def recomputed(document: object, tmp_path: Path) -> tuple[int, str]:
    file = tmp_path / "published.json"
    file.write_text(json.dumps(document))
    done = subprocess.run([sys.executable, "-I", SCRIPT, file], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_public_before_and_after_it_is_published(
    exhibition: Exhibition, applied: list[Application], client: FlaskClient
) -> None:
    pages = ("/seleksi", "/seleksi/data.json", f"/daftar-stan/{applied[2].key}/hasil")
    assert {client.get(page).status_code for page in pages} == {404}
    selection.publish(RATNA, exhibition)
    assert {client.get(page).status_code for page in pages} == {200}
    selection.withdraw(RATNA, exhibition)
    assert {client.get(page).status_code for page in pages} == {404}


def test_only_confirmed_exhibitors_are_named(
    exhibition: Exhibition, applied: list[Application], client: FlaskClient
) -> None:
    selection.publish(RATNA, exhibition)
    text = client.get("/seleksi").text + client.get("/seleksi/data.json").text
    assert "Usaha 0" in text
    for private in ("Usaha 1", "Usaha 2", "@example.com", "8123450000", *(one.key for one in applied)):
        assert private not in text
    outcomes = {one["reference"]: one["outcome"] for one in selection.require(exhibition).document["applications"]}
    assert [outcomes[one.reference] for one in applied] == ["booth", "booth", "none"]


def test_the_script_computes_the_same_and_finds_what_was_changed(
    exhibition: Exhibition, applied: list[Application], client: FlaskClient, tmp_path: Path
) -> None:
    selection.publish(RATNA, exhibition)
    document = client.get("/seleksi/data.json").get_json()
    code, said = recomputed(document, tmp_path)
    assert (code, said.split(" ")[0]) == (0, str(len(document["applications"])))
    first, second = document["applications"][:2]
    first["rank"], second["rank"] = second["rank"], first["rank"]
    code, said = recomputed(document, tmp_path)
    assert code == 1
    assert f"{first['reference']}: rank should be 1, but is 2." in said
    document["lottery"]["seed"] += "x"
    assert "not the one whose SHA-256" in recomputed(document, tmp_path)[1]
    assert recomputed([], tmp_path)[0] == 2


def test_the_lottery_must_be_drawn_first(exhibition: Exhibition) -> None:
    submitted(exhibition)
    with pytest.raises(Refused) as refused:
        selection.publish(RATNA, exhibition)
    assert refused.value.code == "lottery_not_drawn"


def entry(rank: int, points: int, outcome: SelectionOutcome) -> SelectedApplication:
    return SelectedApplication(
        f"STN-{rank}", "umkm", "Bawen", "Camilan", False, False, False, False, points, "", rank, outcome
    )


def test_an_applicant_is_told_what_was_missing() -> None:
    entries = [
        entry(1, 20, SelectionOutcome.BOOTH),
        entry(2, 15, SelectionOutcome.NONE),
        entry(3, 12, SelectionOutcome.BOOTH),
        entry(4, 5, SelectionOutcome.WAITING),
    ]
    passed_over, late = standing(entries, "STN-2"), standing(entries, "STN-4")
    assert passed_over is not None
    assert late is not None
    assert (passed_over.behind, passed_over.lacking) == (1, 0)
    assert (late.behind, late.lacking, late.with_booth, late.applied) == (0, 7, 2, 4)
    assert standing(entries, "STN-9") is None


def test_spellings_of_one_district_count_as_one() -> None:
    found = shares([("Bawen", SelectionOutcome.BOOTH), (" bawen", SelectionOutcome.NONE), ("", SelectionOutcome.NONE)])
    assert [(one.name, one.applied, one.with_booth) for one in found] == [("Bawen", 2, 1), ("", 1, 0)]


def test_the_page_of_the_desk_says_when_the_result_has_changed(
    exhibition: Exhibition, applied: list[Application], organizer_client: FlaskClient, csrf_off: None
) -> None:
    assert organizer_client.post("/desk/selection/publish").status_code == 302
    assert "Sejak itu" not in organizer_client.get("/desk/selection").text
    applications.take(RATNA, StepTaker.ORGANIZER, applied[2].id, Step.REJECT)
    assert "Sejak itu" in organizer_client.get("/desk/selection").text
    assert organizer_client.post("/desk/selection/withdraw").status_code == 302
    assert organizer_client.post("/desk/selection/withdraw").status_code == 409


def test_quotas_are_set_before_the_draw_asked_of_proposals_and_published(
    exhibition: Exhibition, organizer_client: FlaskClient, csrf_off: None, tmp_path: Path
) -> None:
    form = {"local": "75", "local_hard": "y", "product_group": "30", "districts": ""}
    assert organizer_client.post("/desk/selection/quotas", data=form).status_code == 422
    form["districts"] = "Bawen\n ambarawa"
    assert organizer_client.post("/desk/selection/quotas", data=form).status_code == 302
    problem = problem_builder.ask(exhibition, problem_builder.Wanted()).problem
    assert [(one.of, one.percent, one.hard) for one in problem.quotas] == [
        ("local", 75, True),
        ("product_group", 30, False),
    ]
    assert any(one.local for one in problem.applications)
    assert not all(one.local for one in problem.applications)
    calls.draw(RATNA, exhibition)
    assert organizer_client.post("/desk/selection/quotas", data=form | {"local": "10"}).status_code == 409
    document = selection.publish(RATNA, exhibition).document
    assert {one["district"] for one in document["applications"] if one["local"]} == {"Bawen", "Ambarawa"}
    code, said = recomputed(document, tmp_path)
    assert (code, '"percent": 75' in said) == (0, True)
    assert 'data-quota="local"' in organizer_client.get("/seleksi").text
