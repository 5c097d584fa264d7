"""Small files that would need gigabytes or minutes: each is refused or read, and the server's memory stays flat."""

import resource
from collections.abc import Iterator

import pytest

from exhibition.core.errors import Refused
from exhibition.core.files import images, uploaded_tables
from exhibition.exhibitors.rules.column_names import read_table
from exhibition.storefront.importing.reading_apart import read as read_shop
from exhibition.venue.plan import plan_files
from exhibition.venue.plan.plan_files import ReadingOptions
from exhibition.venue.plan.reading.plan_values import FloorPlan
from tests.core.tables.workbooks import workbook
from tests.security import bombs

GROWTH = 96 * 1024
"""How much the server's memory may grow by its own copies of file and answer, in KiB."""
SOUND = workbook([["nama", "hp"], ["Kopi", "0812-3456-7890"]])


@pytest.fixture(autouse=True)
def _memory_stays_flat_and_the_next_file_is_read() -> Iterator[None]:
    uploaded_tables.read(SOUND, read_table)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert uploaded_tables.read(SOUND, read_table).rows == [["Kopi", "0812-3456-7890"]]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH


@pytest.mark.parametrize("name", bombs.WORKBOOKS)
def test_a_workbook_that_would_fill_the_memory_is_refused(name: str) -> None:
    content = bombs.WORKBOOKS[name]
    with pytest.raises(Refused) as refused:
        uploaded_tables.read(content, read_table)
    assert refused.value.code in ("table_too_large", "table_unreadable")
    assert (refused.value.status, refused.value.field) == (422, "file")
    assert not read_shop(content).listings
    with pytest.raises(Refused):
        plan_files.read(content, ReadingOptions(), FloorPlan(10.0, 10.0))


@pytest.mark.parametrize("name", bombs.NESTED)
def test_a_workbook_that_parsers_understand_otherwise_is_read_as_it_was_measured(name: str) -> None:
    assert len(uploaded_tables.read(bombs.NESTED[name], read_table).rows) < 5


@pytest.mark.parametrize("code", bombs.PICTURES)
def test_a_picture_that_is_much_larger_than_its_file_is_refused(code: str) -> None:
    with pytest.raises(Refused) as refused:
        images.as_jpeg(bombs.PICTURES[code], "picture", longest=100, quality=80)
    assert (refused.value.code, refused.value.status, refused.value.field) == (code, 422, "picture")


def test_the_largest_picture_that_is_allowed_fits_into_the_limits() -> None:
    made = images.as_jpeg(bombs.LARGEST_PICTURE, "picture", longest=100, quality=80)
    assert (made.width, made.height) == (100, 100)


def test_of_a_moving_picture_only_the_first_frame_is_looked_at() -> None:
    assert images.as_jpeg(bombs.frames(300), "picture", longest=32, quality=80).width == 32


@pytest.mark.parametrize("name", bombs.DRAWINGS)
def test_a_hostile_drawing_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        plan_files.read(bombs.DRAWINGS[name], ReadingOptions(), FloorPlan(10.0, 10.0))
    assert (refused.value.code, refused.value.status, refused.value.field) == ("svg_refused", 422, "file")


@pytest.mark.parametrize("name", bombs.FEEDS)
def test_a_hostile_answer_of_a_shop_has_no_listings_but_a_problem(name: str) -> None:
    reading = read_shop(bombs.FEEDS[name])
    assert reading.problems
    assert len(str(reading.problems)) < 10_000_000
    assert not any("hahaha" in listing.title for listing in reading.listings)
