"""The hall at the desk: answers of its pages and of its script's calls, in the reader's language."""

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.db import db
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.models import PlanImport, PlanVersion
from tests.conftest import sign_in

pytestmark = pytest.mark.usefixtures("csrf_off")

LIST = b"Nomor stan;X (ft);Y (ft);Lebar;Tinggi\nZ1;8;118;6;6\nZ2;kiri;118;6;6\n"


def plan_of(exhibition: Exhibition) -> dict[str, Any]:
    now = plan_versions.current(exhibition)
    return {"plan": now.document(ids=True), "mark": now.mark}


def booth(body: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in body["plan"]["booths"] if one["code"] == code)


def upload(client: FlaskClient, content: bytes, name: str = "denah.csv") -> str:
    answer = client.post("/desk/hall/import", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 302, answer.text
    return answer.location


def versions() -> int:
    return db.session.scalar(select(func.count()).select_from(PlanVersion)) or 0


def test_the_editor_gives_its_script_the_plan_and_who_has_which_booth(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    page = organizer_client.get("/desk/hall").text
    data = json.loads(page.split('id="hall-data">')[1].split("</script>")[0])
    assert len(data["plan"]["booths"]) == 100
    assert len(data["holders"]) == 35
    texts = json.loads(page.split('id="hall-texts">')[1].split("</script>")[0])
    assert texts["save"] == "Simpan"


def test_the_server_judges_a_plan_that_is_not_saved(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    body = plan_of(exhibition)
    booth(body, "A02")["x"] = 3.0
    booth(body, "A03")["x"] = 33.0
    answer = organizer_client.post("/desk/hall/problems?lang=en", json=body)
    assert answer.json is not None
    texts = [one["text"] for one in answer.json["problems"]]
    assert texts == ["A03 reaches beyond the hall.", "A01 and A02 overlap."]
    places = answer.json["problems"][1]["booths"]
    assert [body["plan"]["booths"][place]["code"] for place in places] == ["A01", "A02"]
    assert answer.json["changes"] == ["Moved: A02 A03"]
    assert answer.json["affected"] == ["A03 (Kementerian Perdagangan RI) moves by 24.5 m."]
    assert versions() == 0


def test_saving_answers_with_the_plan_as_it_is_now(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    body = plan_of(exhibition)
    body["plan"]["booths"].append({"code": "z9", "x": 1, "y": 34, "width": 1, "depth": 1})
    answer = organizer_client.post("/desk/hall/save", json=body | {"note": "Satu lagi"})
    assert answer.json is not None
    assert answer.json["number"] == 2
    added = next(one for one in answer.json["plan"]["booths"] if one["code"] == "Z9")
    assert isinstance(added["id"], int)
    again = organizer_client.post("/desk/hall/save", json=body)
    assert (again.status_code, again.json and again.json["code"]) == (409, "plan_changed")
    assert "Ratna" in again.text


def test_problems_are_gathered_and_one_call_repairs_a_kind(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    body = plan_of(exhibition)
    for number, code in enumerate(["A02", "A03", "A04"]):
        booth(body, code)["x"] = 33.5 + 2 * number
    booth(body, "B03")["x"] = booth(body, "B02")["x"] + 0.5
    judged = organizer_client.post("/desk/hall/problems?lang=en", json=body).json
    assert judged is not None
    assert judged["count"] == 4
    assert [(one["text"], one["repair"]) for one in judged["groups"]] == [
        ("3 booths outside the hall.", "Enlarge the hall to 39.5 × 36 m"),
        ("2 booths overlap.", "Move booths to the nearest free place"),
    ]
    outside = organizer_client.post("/desk/hall/repair?lang=en", json=body | {"code": "outside_hall"}).json
    assert outside is not None
    assert (outside["text"], outside["plan"]["hall"]["width"]) == ("The hall is 39.5 × 36 m now.", 39.5)
    apart = organizer_client.post(
        "/desk/hall/repair?lang=en", json={"plan": outside["plan"], "code": "booths_overlap"}
    ).json
    assert apart is not None
    assert apart["text"] == "1 booth was moved."
    moved = [apart["plan"]["booths"][place]["code"] for place in apart["changed"]]
    assert moved == ["B03"]
    sound = organizer_client.post("/desk/hall/problems", json={"plan": apart["plan"]}).json
    assert sound is not None
    assert sound["groups"] == []
    assert versions() == 0


def test_an_unknown_kind_of_problem_is_refused(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    answer = organizer_client.post("/desk/hall/repair", json=plan_of(exhibition) | {"code": "ugly"})
    assert (answer.status_code, answer.json and answer.json["field"]) == (422, "code")


def numbered(client: FlaskClient, body: dict[str, Any], codes: list[str], **wish: Any) -> Any:
    chosen = [place for place, one in enumerate(body["plan"]["booths"]) if one["code"] in codes]
    wish = {"first": "K01", "scheme": "by_row", "snake": False, "chosen": chosen} | wish
    return client.post("/desk/hall/numbers?lang=en", json=body | wish)


def test_new_numbers_are_told_with_who_keeps_the_booth(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    body = plan_of(exhibition)
    before = plan_versions.holders(exhibition)
    answer = numbered(organizer_client, body, ["A02", "A03", "B02"])
    lines = answer.json["lines"]
    assert lines[:2] == ["A02 → K01", "A03 → K02 · Kementerian Perdagangan RI"]
    assert lines[2].startswith("B02 → L01 · ")
    assert answer.json["text"].startswith("3 numbers change. 2 booths belong to somebody")
    for place, code in answer.json["numbers"]:
        body["plan"]["booths"][place]["code"] = code
    saved = organizer_client.post("/desk/hall/save", json=body | {"knowing": True})
    assert saved.status_code == 200
    assert plan_versions.holders(exhibition) == before


def test_numbers_that_others_have_are_refused_by_name(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    answer = numbered(organizer_client, plan_of(exhibition), ["C01", "C02"], first="A01")
    assert (answer.status_code, answer.json["code"], answer.json["booths"]) == (422, "number_doubled", ["A01", "A02"])
    assert "have these numbers: A01, A02." in answer.json["detail"]


@pytest.mark.parametrize(
    "wish",
    [{"chosen": []}, {"chosen": [True]}, {"chosen": [100]}, {"chosen": "0"}, {"scheme": "rows"}, {"scheme": []}],
)
def test_a_numbering_of_the_wrong_shape_is_refused(
    organizer_client: FlaskClient, exhibition: Exhibition, wish: dict[str, Any]
) -> None:
    answer = numbered(organizer_client, plan_of(exhibition), ["A02"], **wish)
    assert (answer.status_code, answer.json["code"]) == (422, "plan_invalid")


def test_a_first_number_that_is_none_is_refused(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    answer = numbered(organizer_client, plan_of(exhibition), ["A02"], first="7")
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "number_invalid", "first")


def test_a_note_keeps_only_what_can_be_read(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    body = plan_of(exhibition)
    body["note"] = " Satu\x00 \ud800lagi\n\u202e"
    body["plan"]["booths"].append({"code": "z9", "x": 1, "y": 34, "width": 1, "depth": 1})
    answer = organizer_client.post("/desk/hall/save", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.text
    assert ">Satu lagi<" in organizer_client.get("/desk/hall/versions").text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "plan_invalid"),
        (b"[]", "plan_invalid"),
        (b'{"plan": 3}', "plan_invalid"),
        (b'{"plan": {"format": "exhibition-plan/1"}}', "plan_invalid"),
        (b"\xff", "plan_invalid"),
        (b"[" * 100_000, "plan_invalid"),
    ],
)
@pytest.mark.parametrize("call", ["problems", "save", "numbers", "repair"])
def test_hostile_bodies_are_refused_with_a_problem(
    organizer_client: FlaskClient, exhibition: Exhibition, content: bytes, code: str, call: str
) -> None:
    answer = organizer_client.post(f"/desk/hall/{call}", data=content)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json is not None
    assert answer.json["code"] == code
    assert answer.json["detail"]


def test_a_picture_for_the_background_is_stored_and_shown(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(file, "PNG")
    answer = organizer_client.post("/desk/hall/picture", data={"picture": (io.BytesIO(file.getvalue()), "a.png")})
    assert answer.json is not None
    assert (answer.json["pixel_width"], answer.json["pixel_height"]) == (40, 30)
    shown = organizer_client.get(f"/desk/hall/picture/{answer.json['picture']}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert organizer_client.get("/desk/hall/picture/nothing").status_code == 404
    wrong = organizer_client.post("/desk/hall/picture", data={"picture": (io.BytesIO(b"<svg/>"), "a.svg")})
    assert (wrong.status_code, wrong.json and wrong.json["code"]) == (422, "picture_unreadable")
    assert organizer_client.post("/desk/hall/picture", data={}).status_code == 422


@pytest.mark.parametrize(
    ("form", "kind", "start"),
    [
        ("json", "application/json", b'{\n "format": "exhibition-plan/1"'),
        ("svg", "image/svg+xml", b"<svg "),
        ("pdf", "application/pdf", b"%PDF"),
    ],
)
def test_the_plan_is_exported(
    organizer_client: FlaskClient, exhibition: Exhibition, form: str, kind: str, start: bytes
) -> None:
    answer = organizer_client.get(f"/desk/hall/plan.{form}")
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.data.startswith(start)
    assert f"{exhibition.slug}-plan.{form}" in answer.headers["Content-Disposition"]
    assert organizer_client.get(f"/desk/hall/plan.{form}?version=7").status_code == 404
    assert organizer_client.get("/desk/hall/plan.exe").status_code == 404


def test_versions_are_listed_looked_at_and_gone_back_to(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert "Belum ada yang disimpan" in organizer_client.get("/desk/hall/versions").text
    body = plan_of(exhibition)
    booth(body, "A02")["x"] = 5.6
    organizer_client.post("/desk/hall/save", json=body | {"note": "Geser sedikit"})
    listed = organizer_client.get("/desk/hall/versions").text
    assert "Geser sedikit" in listed
    assert "Keadaan sebelum perubahan pertama" in listed
    page = organizer_client.get("/desk/hall/versions/1").text
    assert "Digeser: A02" in page
    stale = organizer_client.post("/desk/hall/versions/1/back", data={"mark": body["mark"]})
    assert stale.status_code == 409
    assert 'data-code="plan_changed"' in stale.text
    mark = plan_versions.current(exhibition).mark
    answer = organizer_client.post("/desk/hall/versions/1/back", data={"mark": mark})
    assert answer.status_code == 302
    assert plan_versions.current(exhibition).mark == body["mark"]
    assert organizer_client.get("/desk/hall/versions/99").status_code == 404
    assert organizer_client.post("/desk/hall/versions/99/back", data={"mark": mark}).status_code == 404


def test_a_list_is_looked_at_first_and_then_taken_over(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    address = upload(organizer_client, LIST)
    page = organizer_client.get(address).text
    assert '<option selected value="ft">' in page
    assert "B3" in page
    assert "bukan ukuran yang bisa dibaca" in page
    assert "Baru: Z1" in page
    assert versions() == 0
    centimetres = organizer_client.get(address, query_string={"mode": "add", "unit": "m", "column_code": "0"}).text
    assert "Berkas ini tidak menyebut letak 2 stan" in centimetres
    mark = plan_versions.current(exhibition).mark
    answer = organizer_client.post(address, data={"mark": mark, "knowing": "yes"})
    assert answer.location == "/desk/hall"
    added = next(one for one in plan_versions.current(exhibition).booths if one.code == "Z1")
    assert (added.x, added.y, added.width) == (2.438, 35.966, 1.829)
    assert organizer_client.get(address).status_code == 404


def test_what_needs_to_be_known_is_asked_for_and_the_choices_stay(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    address = upload(organizer_client, b"stan,x,y,w,h\nZ1,100,100,2,2\n")
    mark = plan_versions.current(exhibition).mark
    answer = organizer_client.post(address, data={"mark": mark, "mode": "add", "unit": "ft", "column_code": "0"})
    assert answer.status_code == 409
    assert 'data-code="plan_unsure"' in answer.text
    assert '<option selected value="ft">' in answer.text
    assert versions() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"mode": "burn", "unit": "m"},
        {"mode": "add", "unit": "parsec"},
        {"mode": "add", "unit": "m", "booth_width_m": "wide"},
        {"mode": "add", "unit": "m", "booth_width_m": "-3"},
        {"mode": "add", "unit": "m", "booth_depth_m": "1e99"},
    ],
)
def test_options_that_make_no_sense_are_reported_at_their_field(
    organizer_client: FlaskClient, exhibition: Exhibition, values: dict[str, str]
) -> None:
    answer = organizer_client.get(upload(organizer_client, LIST), query_string=values)
    assert answer.status_code == 422
    assert "field-error" in answer.text


@pytest.mark.parametrize("column", ["999", "-1", "x", "99999999999999"])
def test_columns_that_are_not_there_count_as_not_chosen(
    organizer_client: FlaskClient, exhibition: Exhibition, column: str
) -> None:
    values = {"mode": "add", "unit": "m", "column_code": column}
    assert organizer_client.get(upload(organizer_client, LIST), query_string=values).status_code == 200


@pytest.mark.parametrize(("content", "name"), [(b"", "leer.csv"), (b"<html/>", "page.html"), (b"PK\x03\x04", "x.xlsx")])
def test_hopeless_files_are_refused_at_the_field(
    organizer_client: FlaskClient, exhibition: Exhibition, content: bytes, name: str
) -> None:
    answer = organizer_client.post("/desk/hall/import", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert db.session.scalar(select(func.count()).select_from(PlanImport)) == 0


def test_a_plan_document_that_is_wrong_names_its_field(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    document = plan_versions.current(exhibition).document()
    document["booths"][3]["width"] = -1
    file = (io.BytesIO(json.dumps(document).encode()), "plan.json")
    answer = organizer_client.post("/desk/hall/import", data={"file": file})
    assert answer.status_code == 422
    assert "booths[3].width harus berupa angka" in answer.text


def test_only_organizers_touch_the_hall(client: FlaskClient, exhibition: Exhibition) -> None:
    sign_in(client, create_user(COMMAND_LINE, "gate@example.com", RoleName.GATE, name="Budi"))
    for address in ("/desk/hall", "/desk/hall/versions", "/desk/hall/plan.json", "/desk/hall/import"):
        assert client.get(address).status_code == 403, address
    assert client.post("/desk/hall/save", json={}).status_code == 403
