"""The protocol report of a day: true to the day's events, and readable when there were none."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.gate.models import Device
from exhibition.gate.occupancy import caps
from exhibition.gate.rules.admission import ConflictKind, ScanCode
from exhibition.reports import protocol
from exhibition.reports.protocol import Checks, RoundState
from exhibition.venue import rounds
from exhibition.venue import service as venue
from exhibition.venue.models import DisinfectionRound, Exhibition
from tests.gate import world
from tests.pdf_text import text_of
from tests.storefront.test_signs import HOSTILE

RATNA = Actor(None, "Ratna")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def device(exhibition: Exhibition) -> str:
    return world.enrol(exhibition)


@transaction
def disinfect(exhibition: Exhibition, began: timedelta, lasts: timedelta) -> int:
    """A round today, in place of the planned ones."""
    starts_at = clock.now().replace(microsecond=0) - began
    db.session.execute(db.delete(DisinfectionRound))
    row = DisinfectionRound(exhibition_id=exhibition.id, starts_at=starts_at, ends_at=starts_at + lasts)
    db.session.add(row)
    db.session.flush()
    return row.id


def today(exhibition: Exhibition) -> protocol.ProtocolDay:
    db.session.rollback()
    return protocol.of_day(exhibition, venue.local_day(exhibition, clock.now()))


def test_the_day_tells_people_refusals_and_checks(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    family, other = world.issue(exhibition.id, party_size=4), world.issue(exhibition.id)
    in_order = {"mask": "worn", "screening": "passed"}
    world.send(client, device, token=family.token, **in_order)
    world.send(client, device, token=family.token, direction="exit", people=1)
    world.send(client, device, token=other.token, mask="missing", screening="passed")
    world.send(client, device, token=other.token, mask="worn", screening="failed")
    day = today(exhibition)
    assert (day.entered, day.left) == (4, 1)
    assert day.refusals == [(ScanCode.PROTOCOL_REFUSED, 2)]
    assert day.checks == Checks(mask_worn=2, mask_missing=1, screening_passed=2, screening_failed=1)
    assert [(peak.inside, peak.capacity) for peak in day.peaks] == [(3, 150)]
    assert day.curve.inside[-1] == 3


def test_a_scan_that_was_undone_is_not_reported(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    nonce = {"nonce": "n1"}
    world.send(client, device, token=world.issue(exhibition.id).token, mask="worn", screening="passed", **nonce)
    bearer = {"Authorization": f"Bearer {device}"}
    undone = client.post("/api/v1/gate/scans/undo", json={"nonce": "n2", "undoes": "n1"}, headers=bearer)
    assert undone.status_code == 200
    assert today(exhibition).checks == Checks(0, 0, 0, 0)


def test_caps_are_reported_with_the_hours_in_which_they_were_in_force(exhibition: Exhibition) -> None:
    last = exhibition.ends_on
    day = protocol.of_day(exhibition, last)
    assert [(span.capacity, span.reason) for span in day.caps] == [(200, "Pelonggaran dari Dinas Kesehatan")]
    opens = day.caps[0].starts_at
    caps.plan(RATNA, exhibition, (opens + 3 * 60 * MINUTE).replace(tzinfo=None), 80, "SK")
    spans = protocol.of_day(exhibition, last).caps
    assert [(span.capacity, span.ends_at - span.starts_at) for span in spans] == [
        (200, timedelta(hours=3)),
        (80, timedelta(hours=5)),
    ]


@pytest.mark.parametrize(
    ("began", "lasts", "ticked", "state"),
    [
        (5, 30, False, RoundState.AHEAD),
        (5, 30, True, RoundState.DONE),
        (60, 30, False, RoundState.MISSING),
        (60, 30, True, RoundState.LATE),
    ],
)
def test_rounds_are_reported_as_done_late_missing_or_ahead(
    exhibition: Exhibition, began: int, lasts: int, ticked: bool, state: RoundState
) -> None:
    round_id = disinfect(exhibition, began * MINUTE, lasts * MINUTE)
    if ticked:
        rounds.tick(RATNA, exhibition, round_id)
    row = db.session.get_one(DisinfectionRound, round_id)
    [line] = protocol.of_day(exhibition, venue.local_day(exhibition, row.starts_at)).rounds
    assert (line.state, line.done_by) == (state, "Ratna" if ticked else "")


def test_entries_during_a_round_offline_are_reported(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    transaction(db.session.execute)(db.update(Device).values(enrolled_at=clock.now() - timedelta(hours=3)))
    disinfect(exhibition, 10 * MINUTE, 30 * MINUTE)
    transaction(db.session.execute)(db.update(DisinfectionRound).values(planned_at=None))
    world.send_batch(client, device, world.offline(world.issue(exhibition.id)))
    assert today(exhibition).conflicts == [(ConflictKind.DURING_ROUND, 1)]


@pytest.mark.parametrize(
    ("language", "words"),
    [("id", ["Laporan protokol kesehatan", "Belum ada", "Penyemprotan"]), ("en", ["Health protocol report", "Nobody"])],
)
def test_an_empty_day_is_readable_in_both_languages(
    exhibition: Exhibition, organizer_client: FlaskClient, language: str, words: list[str]
) -> None:
    day = {"day": exhibition.ends_on.isoformat(), "language": language}
    answer = organizer_client.get("/desk/protocol.pdf", query_string=day)
    assert answer.mimetype == "application/pdf"
    assert f"/Lang({language}".encode() in answer.data
    text = text_of(answer.data)
    assert words[0] in text
    assert words[-1] in text
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(organizer_client.get("/desk/protocol.xlsx", query_string=day).data)
    )
    assert words[0] in str(book.get_sheet_by_index(0).to_python()[0][0])
    assert len(book.sheet_names) == 2


def test_names_are_text_on_paper_and_in_cells(
    client: FlaskClient, exhibition: Exhibition, organizer_client: FlaskClient, device: str
) -> None:
    world.send(client, device, token=world.issue(exhibition.id, party_size=3).token)
    round_id = disinfect(exhibition, 5 * MINUTE, 30 * MINUTE)
    rounds.tick(Actor(None, HOSTILE[:60]), exhibition, round_id)
    caps.set_now(RATNA, exhibition, 99, "=1+1")
    shown = organizer_client.get("/desk/protocol")
    assert shown.status_code == 200
    assert "<svg" in shown.text
    assert "=1+1" in text_of(organizer_client.get("/desk/protocol.pdf").data)
    file = io.BytesIO(organizer_client.get("/desk/protocol.xlsx").data)
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    cells = [cell for row in rows for cell in row]
    assert "=1+1" in cells
    assert HOSTILE[:60].strip() in [str(cell).strip() for cell in cells]


@pytest.mark.parametrize("day", ["", "1999-01-01", "2999-01-01", "tomorrow", "%00", "<b>"])
def test_a_day_that_is_none_of_the_fair_gives_one_of_it(
    exhibition: Exhibition, organizer_client: FlaskClient, day: str
) -> None:
    assert organizer_client.get("/desk/protocol", query_string={"day": day}).status_code == 200
