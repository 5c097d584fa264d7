"""Importing a plan: nothing is written before it is confirmed; then all of it, as a version."""

import base64
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from PIL import Image
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.venue.models import Exhibition, PlanPicture
from exhibition.venue.plan import export as plan_export
from exhibition.venue.plan import imports as plan_imports
from exhibition.venue.plan import pictures as plan_pictures
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.models import PlanImport, PlanVersion
from exhibition.venue.plan.plan_files import ReadingOptions
from exhibition.venue.plan.reading.plan_values import Background

RATNA = Actor(None, "Ratna")


def rows(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def drawing(colour: str = "white", kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(file, kind)
    return file.getvalue()


def confirmed(
    exhibition: Exhibition, content: bytes, wish: ReadingOptions, *, knowing: bool = False
) -> plan_versions.Saved:
    number = plan_imports.begin(RATNA, exhibition, "denah.csv", content)
    seen = plan_versions.current(exhibition).mark
    return plan_imports.confirm(RATNA, exhibition, number, wish, seen=seen, knowing=knowing)


LIST = b"stan,x,y,lebar,tinggi\nZ1,36,4,2,2\nA02,5.6,4,2,2\n,1,1,1,1\n"


def test_a_preview_writes_nothing_and_says_what_would_change(exhibition: Exhibition) -> None:
    before = plan_versions.current(exhibition)
    number = plan_imports.begin(RATNA, exhibition, "denah.csv", LIST)
    preview = plan_imports.preview(exhibition, number, ReadingOptions())
    assert (preview.changes.added, preview.changes.moved, preview.changes.removed) == (["Z1"], ["A02"], [])
    assert [problem.code for problem in preview.problems] == ["outside_hall"]
    assert [fault.cell for fault in preview.reading.faults] == ["A4"]
    assert plan_versions.current(exhibition) == before
    assert rows(PlanVersion) == 0


def test_confirming_writes_one_version_that_names_the_file(exhibition: Exhibition) -> None:
    with pytest.raises(Refused) as refused:
        confirmed(exhibition, LIST, ReadingOptions())
    assert refused.value.code == "plan_unsure"
    saved = confirmed(exhibition, LIST, ReadingOptions(fit=True))
    assert saved.changes.added == ["Z1"]
    assert plan_versions.versions(exhibition)[0].note == "Dari berkas denah.csv"
    assert plan_versions.current(exhibition).width == 39.0
    assert rows(PlanImport) == 1


def test_a_list_that_would_remove_a_booth_somebody_has_is_refused(exhibition: Exhibition) -> None:
    with pytest.raises(Refused) as refused:
        confirmed(exhibition, LIST, ReadingOptions(replace=True), knowing=True)
    assert refused.value.code == "booth_held"


def test_a_confirmed_file_against_a_plan_that_changed_is_refused(exhibition: Exhibition) -> None:
    number = plan_imports.begin(RATNA, exhibition, "denah.csv", LIST)
    seen = plan_versions.current(exhibition)
    plan_versions.save(RATNA, exhibition, replace(seen, width=40.0), seen=seen.mark)
    with pytest.raises(Refused) as refused:
        plan_imports.confirm(RATNA, exhibition, number, ReadingOptions(), seen=seen.mark, knowing=True)
    assert refused.value.code == "plan_changed"


def test_a_file_without_a_booth_is_not_confirmed(exhibition: Exhibition) -> None:
    with pytest.raises(Refused) as refused:
        confirmed(exhibition, b"nama,kecamatan\nWarung,Bawen\n", ReadingOptions())
    assert refused.value.code == "nothing_to_import"


def test_the_own_export_comes_back_as_no_change(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    for content in (plan_export.as_json(exhibition, now), plan_export.as_svg(exhibition, now)):
        number = plan_imports.begin(RATNA, exhibition, "plan", content.encode())
        preview = plan_imports.preview(exhibition, number, ReadingOptions())
        assert preview.changes.nothing
        assert preview.reading.wanted.booths == tuple(replace(booth, id=None) for booth in now.booths)


def test_a_background_travels_with_the_file(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    kept = plan_pictures.add(RATNA, exhibition, drawing())
    background = Background(kept.digest, 0, 0, 34, 22.7, 0.4)
    plan_versions.save(RATNA, exhibition, replace(now, background=background), seen=now.mark)
    after = plan_versions.current(exhibition)
    assert after.background == background
    for text in (plan_export.as_json(exhibition, after), plan_export.as_svg(exhibition, after)):
        saved = confirmed(exhibition, text.encode(), ReadingOptions())
        assert saved.changes.nothing
    assert rows(PlanPicture) == 1
    assert b"/Subtype/Image" in plan_export.as_pdf(exhibition, after)
    assert b"/Subtype/Image" not in plan_export.as_pdf(exhibition, now)


def test_a_background_of_another_fair_is_made_anew(exhibition: Exhibition) -> None:
    document = plan_versions.current(exhibition).document()
    picture = drawing("red", "GIF")
    document["background"] = {
        "picture": "ab" * 32,
        "content": plan_pictures.ADDRESS + base64.b64encode(picture).decode(),
        "x": 0,
        "y": 0,
        "width": 30,
        "depth": 20,
        "opacity": 0.5,
    }
    confirmed(exhibition, json.dumps(document).encode(), ReadingOptions())
    ground = plan_versions.current(exhibition).background
    assert ground is not None
    assert plan_pictures.content(exhibition, ground.picture).startswith(b"\xff\xd8")


def test_a_background_whose_picture_is_not_there_is_refused(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    with pytest.raises(Refused) as refused:
        plan_versions.save(RATNA, exhibition, replace(now, background=Background("cd" * 32, 0, 0, 3, 3)), seen=now.mark)
    assert (refused.value.code, refused.value.field) == ("picture_unknown", "background.picture")


def test_what_is_no_picture_is_refused_and_the_same_picture_is_kept_once(exhibition: Exhibition) -> None:
    with pytest.raises(Refused) as refused:
        plan_pictures.add(RATNA, exhibition, b"<svg/>")
    assert (refused.value.code, refused.value.field) == ("picture_unreadable", "picture")
    one, other = (plan_pictures.add(RATNA, exhibition, drawing()) for _ in range(2))
    assert one == other
    assert rows(PlanPicture) == 1
    with pytest.raises(NotFound):
        plan_pictures.content(exhibition, "../../secret")


def test_files_nobody_confirmed_are_thrown_away_after_a_day(exhibition: Exhibition) -> None:
    number = plan_imports.begin(RATNA, exhibition, "a.csv", LIST)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        plan_imports.begin(RATNA, exhibition, "b.csv", LIST)
    with pytest.raises(NotFound):
        plan_imports.preview(exhibition, number, ReadingOptions())


def test_a_cancelled_import_is_deleted(exhibition: Exhibition) -> None:
    number = plan_imports.begin(RATNA, exhibition, "a.csv", LIST)
    plan_imports.cancel(exhibition, number)
    with pytest.raises(NotFound):
        plan_imports.cancel(exhibition, number)


@pytest.mark.parametrize("content", [b"", b"  \n", b"\x00" * 50])
def test_empty_files_are_refused_at_once(exhibition: Exhibition, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        plan_imports.begin(RATNA, exhibition, "leer.csv", content)
    assert refused.value.field == "file"
    assert rows(PlanImport) == 0


@pytest.mark.parametrize("system_fonts", [True, False])
def test_the_pdf_holds_the_drawing_and_every_booth(exhibition: Exhibition, system_fonts: bool) -> None:
    pdf = plan_export.as_pdf(exhibition, plan_versions.current(exhibition), system_fonts=system_fonts)
    assert pdf.startswith(b"%PDF")
    assert b"/StructTreeRoot" in pdf
