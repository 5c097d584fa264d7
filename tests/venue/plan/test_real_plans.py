"""Real floor plans and lists of exhibitors, which must not be in the repository: read where they are.

Where they are: ``tests/real_files.py``.
"""

from collections import Counter

from exhibition.core.files import uploaded_tables
from exhibition.venue.plan.plan_files import ReadingOptions, read
from exhibition.venue.plan.reading.booth_lists import BoothListFault
from exhibition.venue.plan.reading.plan_columns import read_table
from exhibition.venue.plan.reading.plan_problems import ProblemCode, problems
from exhibition.venue.plan.reading.plan_values import FloorPlan
from tests.real_files import FEEDS, needs_feeds

pytestmark = needs_feeds

EMPTY = FloorPlan(34.0, 36.0)


def test_the_real_plan_of_353_booths_in_feet_is_read() -> None:
    feed = (FEEDS / "7plan-epcshow2026-booths-xy.json").read_bytes()
    reading = read(feed, ReadingOptions(replace=True, fit=True), EMPTY)
    wanted = reading.wanted
    assert (reading.kind, reading.wish.unit, reading.taken, reading.faults) == ("list", "ft", 353, [])
    assert len(wanted.booths) == len({booth.code for booth in wanted.booths}) == 353
    assert ("A15", "A15-2") in [(old, new) for _where, old, new in reading.renamed]
    first = wanted.booths[0]
    assert (first.code, first.x, first.y, first.width, first.depth) == ("A1", 7.315, 7.315, 3.048, 3.048)
    assert len(wanted.zones) == 17
    assert (wanted.width, wanted.depth) == (111.338, 89.392)
    assert {problem.code for problem in problems(wanted)} <= {ProblemCode.BOOTHS_OVERLAP}


def test_the_real_list_in_latin_1_gives_its_stands() -> None:
    feed = (FEEDS / "7list-hannovermesse2026-exhibitors-latin1.csv").read_bytes()
    reading = read(feed, ReadingOptions(replace=True, fit=True), EMPTY)
    assert reading.guessed_letters
    assert reading.headings[reading.wish.columns["code"]] == "Booth"
    codes = {booth.code for booth in reading.wanted.booths}
    assert {"17-F60", "26-E98", "13-F34"} <= codes
    reasons = Counter(fault.code for fault in reading.faults)
    assert reasons[BoothListFault.CODE_REPEATED] + reasons[BoothListFault.CODE_INVALID] == len(reading.faults)
    assert reading.taken + len(reading.faults) == 300
    assert reading.taken == reading.laid_out == 181
    assert not any(problem.code == ProblemCode.BOOTHS_OVERLAP for problem in problems(reading.wanted))


def test_the_real_list_with_bad_bytes_is_read_and_says_that_it_has_no_booths() -> None:
    feed = (FEEDS / "7list-umkm-surakarta-semicolon-badbytes.csv").read_bytes()
    table = uploaded_tables.read(feed, read_table)
    assert (len(table.rows), table.guessed) == (262, True)
    assert table.headings[:5] == ["Nama", "Kegiatan", "Kecamatan", "Alamat", "kategori"]
    words = " ".join(" ".join(row) for row in table.rows)
    assert "gado²" in words
    assert "\ufffd" not in words
    reading = read(feed, ReadingOptions(columns={"zone": 2}), EMPTY)
    assert {fault.code for fault in reading.faults} == {BoothListFault.CODE_MISSING}
    assert (reading.taken, len(reading.faults)) == (0, 262)


def test_a_real_list_of_products_shows_its_columns_to_choose_from() -> None:
    feed = (FEEDS / "7list-produk-dayeuhluhur-rp.json").read_bytes()
    reading = read(feed, ReadingOptions(), EMPTY)
    assert reading.headings[:4] == ["id", "produk", "nama", "kategori"]
    assert [booth.code for booth in reading.wanted.booths] == ["1", "2", "3", "4"]
