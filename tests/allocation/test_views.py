"""The desk's plan and the exhibitor's own desk over HTTP."""

import csv
import io
import re

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_babel import force_locale
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service
from exhibition.allocation.arranging import readiness
from exhibition.allocation.models import Allocation, AllocationDay, AllocationStep
from exhibition.allocation.planned import PlannedBooth
from exhibition.core.db import db
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in

HOSTILE_TEXTS = [
    "",
    "x" * 200,
    "A\x00B",
    "🎪",
    "\u202eA01",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "Z99",
]
HOSTILE_NUMBERS = ["", "x", "-1", "0", "1.5", "999999999", "99999999999999999999", "1\x00", "🎪", "' OR 1=1"]
WRITTEN = (Allocation, AllocationDay, AllocationStep, AuditEntry)


pytestmark = pytest.mark.usefixtures("csrf_off")


def booths(exhibition: Exhibition, state: str) -> list[PlannedBooth]:
    return [booth for booth in service.plan(exhibition) if booth.state == state]


def mark(booth: PlannedBooth) -> str:
    assert booth.claim is not None
    return booth.claim.mark


def homeless(exhibition: Exhibition) -> Exhibitor:
    return service.without_booth(exhibition)[0]


def counts() -> list[int | None]:
    return [db.session.scalar(select(func.count()).select_from(table)) for table in WRITTEN]


def test_hold_goes_back_to_the_booth_with_an_undo(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    free = booths(exhibition, "open")[0]
    form = {"booth": free.code, "exhibitor_id": homeless(exhibition).id, "hours": 24, "selected": free.code}
    answer = organizer_client.post("/desk/plan/hold?lang=en", data=form)
    assert answer.status_code == 302
    page = organizer_client.get(f"{answer.location}&lang=en").text
    assert f"{free.code} is held for" in page
    assert "/desk/plan/steps/" in page


def test_a_taken_booth_answers_409_with_who_took_it(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    free, (one, other, *_rest) = booths(exhibition, "open")[0], service.without_booth(exhibition)
    service.hold(COMMAND_LINE, exhibition, free.code, one.id)
    form = {"booth": free.code, "exhibitor_id": other.id}
    answer = organizer_client.post("/desk/plan/hold?lang=en", data=form)
    assert answer.status_code == 409
    assert 'data-code="booth_taken"' in answer.text
    assert f"was taken for {one.name} by command line" in answer.text


def test_hold_refuses_hostile_booth_codes(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    before, exhibitor = counts(), homeless(exhibition).id
    for value in HOSTILE_TEXTS:
        answer = organizer_client.post("/desk/plan/hold?lang=en", data={"booth": value, "exhibitor_id": exhibitor})
        assert 400 <= answer.status_code < 500, value
        assert "ooth" in answer.text, value
    assert counts() == before


def test_hold_refuses_hostile_exhibitors(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    before, code = counts(), booths(exhibition, "open")[0].code
    for value in HOSTILE_NUMBERS:
        answer = organizer_client.post("/desk/plan/hold?lang=en", data={"booth": code, "exhibitor_id": value})
        assert answer.status_code == 422, value
        assert re.search("Exhibitor: |Choose an exhibitor", answer.text), value
    assert counts() == before


def test_hold_refuses_hostile_hours(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    before, code, exhibitor = counts(), booths(exhibition, "open")[0].code, homeless(exhibition).id
    for value in ("x", "-1", "0", "1441", "99999999999999999999", "\x00", "🎪"):
        form = {"booth": code, "exhibitor_id": exhibitor, "hours": value}
        answer = organizer_client.post("/desk/plan/hold?lang=en", data=form)
        assert answer.status_code == 422, value
        assert "Hours: " in answer.text, value
    assert counts() == before


def test_acts_refuse_hostile_marks(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    before, code = counts(), booths(exhibition, "open")[0].code
    other = mark(booths(exhibition, "allocated")[1])
    for address in ("act", "move", "swap"):
        for value in (*HOSTILE_TEXTS, "1.1.held.0", "2147483648.1.held.0", "-1.1.held.0", "99999999999.1.held.0"):
            form = {"seen": value, "act": "release", "booth": code, "other": other, "selected": value}
            answer = organizer_client.post(f"/desk/plan/{address}", data=form)
            assert 400 <= answer.status_code < 500, (address, value)
    assert counts() == before


def test_act_refuses_what_is_no_act(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    before, seen = counts(), mark(booths(exhibition, "held")[0])
    for value in (*HOSTILE_TEXTS, "undo", "accept"):
        answer = organizer_client.post("/desk/plan/act?lang=en", data={"seen": seen, "act": value})
        assert answer.status_code == 422, value
        assert "Act: " in answer.text, value
    assert counts() == before


def test_undo_of_no_step_is_not_found(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    for number in ("0", "999999999", "99999999999999999999", "x", "-1"):
        assert organizer_client.post(f"/desk/plan/steps/{number}/undo").status_code == 404, number


def test_searches_answer_whatever_is_typed(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    for query in ("kopi", "🎪", "%00", "%25", "' OR 1=1", "<b>hi", "x" * 300):
        for address in ("/desk/plan", "/desk/exhibitors"):
            answer = organizer_client.get(f"{address}?q={query}&kind={query}&state={query}")
            assert answer.status_code == 200, query
            assert "<b>hi" not in answer.text


def test_a_booth_that_does_not_exist_is_not_found(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    for code in ("Z99", "%00", "🎪", "x" * 100, "<b>"):
        assert organizer_client.get(f"/desk/plan?booth={code}").status_code == 404, code


def test_exhibitors_list_can_be_filtered_by_booth_state(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    page = organizer_client.get("/desk/exhibitors?state=none&lang=en").text
    assert all(one.name in page for one in service.without_booth(exhibition))
    assert booths(exhibition, "allocated")[0].exhibitor not in page


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]


def test_exports_never_carry_a_formula(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    taken = booths(exhibition, "allocated")[: len(FORMULAS)]
    for booth, formula in zip(taken, FORMULAS, strict=True):
        db.session.scalars(select(Exhibitor).where(Exhibitor.name == booth.exhibitor)).one().name = formula
    db.session.commit()
    answer = organizer_client.get("/desk/plan.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    content = answer.data
    assert content.startswith(b"\xef\xbb\xbf")
    written = {row[0]: row[3] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))}
    assert [written[booth.code] for booth in taken] == [f"'{formula}" for formula in FORMULAS]
    book = CalamineWorkbook.from_filelike(io.BytesIO(organizer_client.get("/desk/plan.xlsx").data))
    cells = {row[0]: row[3] for row in book.get_sheet_by_index(0).to_python()}
    assert [cells[booth.code] for booth in taken] == FORMULAS


def test_export_has_a_row_for_each_booth_in_use(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    rows = list(csv.reader(io.StringIO(organizer_client.get("/desk/plan.csv").data.decode("utf-8-sig"))))
    assert len(rows) == 1 + 38


def member(app: Flask, exhibitor_id: int) -> FlaskClient:
    g.pop("_login_user", None)
    user = create_user(COMMAND_LINE, f"member{exhibitor_id}@example.com", RoleName.EXHIBITOR, name="Tini")
    exhibitors.join(user.id, exhibitor_id)
    return sign_in(app.test_client(), user)


def test_an_exhibitor_sees_and_accepts_their_offer(app: Flask, exhibition: Exhibition) -> None:
    offered = booths(exhibition, "offered")[0]
    assert offered.claim is not None
    client = member(app, offered.claim.exhibitor_id)
    assert offered.code in client.get("/exhibitor/booth").text
    answer = client.post("/exhibitor/answer", data={"seen": mark(offered), "answer": "accept"})
    assert answer.status_code == 302
    assert next(b for b in service.plan(exhibition) if b.code == offered.code).state == "allocated"


def test_an_exhibitor_cannot_answer_for_somebody_else(app: Flask, exhibition: Exhibition) -> None:
    one, other = booths(exhibition, "offered")
    assert one.claim is not None
    client = member(app, one.claim.exhibitor_id)
    before = counts()
    answer = client.post("/exhibitor/answer", data={"seen": mark(other), "answer": "accept"})
    assert answer.status_code == 404
    assert counts() == before


def test_an_answer_that_is_none_is_refused(app: Flask, exhibition: Exhibition) -> None:
    offered = booths(exhibition, "offered")[0]
    assert offered.claim is not None
    client = member(app, offered.claim.exhibitor_id)
    before, seen = counts(), mark(offered)
    for value in HOSTILE_TEXTS:
        assert client.post("/exhibitor/answer", data={"seen": seen, "answer": value}).status_code == 422, value
        answer = client.post("/exhibitor/answer", data={"seen": value, "answer": "accept"})
        assert 400 <= answer.status_code < 500, value
    assert counts() == before


def test_somebody_without_an_exhibitor_is_told_so(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert organizer_client.get("/exhibitor/booth").status_code == 404


def test_a_form_without_its_csrf_token_is_refused(
    app: Flask, organizer_client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    before, free = counts(), booths(exhibition, "open")[0]
    form = {"booth": free.code, "exhibitor_id": homeless(exhibition).id}
    assert organizer_client.post("/desk/plan/hold", data=form).status_code == 400
    assert counts() == before


def test_the_exhibitors_sort_by_their_headings_and_the_file_has_what_is_shown(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    asked = "?q=kopi&order=-name&column=district&lang=en"
    page = organizer_client.get(f"/desk/exhibitors{asked}").text
    names = re.findall(r'<th scope="row" role="rowheader"><a href="[^"]+">([^<]+)</a>', page)
    assert len(names) > 2
    assert names == sorted(names, key=str.casefold, reverse=True)
    rows = organizer_client.get(f"/desk/exhibitors.csv{asked}").data.decode("utf-8-sig").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["Name", *names]
    assert organizer_client.get(f"/desk/exhibitors.xlsx{asked}").data.startswith(b"PK")


def test_the_exhibitors_list_says_what_those_with_a_confirmed_booth_still_lack(
    organizer_client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_shops = [one for one in readiness.checks if "badges" not in one[1].__name__]  # nobody of the demo has badges
    monkeypatch.setattr(readiness, "checks", of_shops)
    answer = organizer_client.get("/desk/exhibitors.csv?column=booth&column=lacking&lang=en")
    told = {row["Name"]: row["Still lacking"] for row in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))}
    with force_locale("en"):
        missing, nothing = readiness.missing(exhibition), readiness.names()
        for claim in service.claims(exhibition):
            expected = (", ".join(missing.get(claim.exhibitor_id, nothing)) or "Ready") if claim.confirmed else ""
            assert told[claim.exhibitor] == expected
    for one in service.without_booth(exhibition):
        assert told[one.name] == ""
    assert "Ready" in told.values()
    assert "shop link, products" in told.values()
