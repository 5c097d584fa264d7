"""Workbooks from the desk as a spreadsheet program shows them: printed by LibreOffice, and read from the paper."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind
from exhibition.venue.models import Exhibition
from tests import office
from tests.pdf_text import text_of

COLUMNS = "column=name&column=kind&column=state&column=submitted_at&column=files"
WORKBOOKS = {"applications": f"/desk/applications/export.xlsx?{COLUMNS}", "plan": "/desk/plan.xlsx"}
CODES = {*ApplicationState, *ExhibitorKind}
LINE = re.compile(r"^Kopi Telomoyo (.+?) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d (.+?) ?0\r?$", re.MULTILINE)


@pytest.fixture
def printed(organizer_client: FlaskClient, exhibition: Exhibition, tmp_path: Path) -> dict[str, str]:
    """What stands on the paper, for each workbook."""
    program = office.find()
    assert program is not None, "`python -m tests.office` unpacks LibreOffice"
    workbooks = {name: organizer_client.get(address).data for name, address in WORKBOOKS.items()}
    return {name: text_of(pdf) for name, pdf in program.as_pdf(workbooks, tmp_path).items()}


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_a_workbook_shows_headings_dates_and_words(printed: dict[str, str]) -> None:
    applications, plan = printed["applications"], printed["plan"]
    assert applications.splitlines()[0].split() == ["Usaha", "Keadaan", "Dikirim", "Jenis", "Berkas"]
    row = LINE.search(applications)
    assert row is not None, "a row stands in one line, its date as a date"
    assert row.groups() == ("Daftar tunggu", "Usaha mikro, kecil dan menengah (UMKM)")
    for text in (applications, plan):
        assert "###" not in text
        assert CODES.isdisjoint(text.split())
