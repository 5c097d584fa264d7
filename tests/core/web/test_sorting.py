"""Lists sorted by the headings of their columns."""

import pytest

from exhibition.core.web.sorting import Sorting, sorting

COLUMNS = ("name", "points")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("points", Sorting("points")),
        ("-points", Sorting("points", backwards=True)),
        ("", Sorting("name")),
        ("-", Sorting("name")),
        ("--name", Sorting("name")),
        ("password", Sorting("name")),
    ],
)
def test_an_address_says_the_column_and_the_way(text: str, wanted: Sorting) -> None:
    assert sorting(text, COLUMNS, "name") == wanted


def test_a_heading_leads_to_its_column_and_from_there_the_other_way_round() -> None:
    def told(text: str, column: str) -> tuple[str, str]:
        heading = sorting(text, COLUMNS, "name").heading(column, "Heading", lambda order: f"?order={order}")
        return heading.direction, heading.address

    assert told("name", "points") == ("none", "?order=points")
    assert told("points", "points") == ("ascending", "?order=-points")
    assert told("-points", "points") == ("descending", "?order=points")
