"""What a group's list says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.visitors.groups.rules import FaultyLine, ListedParty, ListFault, numbered, read


def test_one_name_a_line_with_the_number_behind_it() -> None:
    text = "Bu Sri, 3\n\n  Pak  Budi \nMbak Ani\t2\nSiti; 10\nRina, S.Pd\n"
    assert read(text) == [
        ListedParty("Bu Sri", 3),
        ListedParty("Pak Budi", 1),
        ListedParty("Mbak Ani", 2),
        ListedParty("Siti", 10),
        ListedParty("Rina, S.Pd", 1),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", FaultyLine(ListFault.EMPTY)),
        ("\n \n", FaultyLine(ListFault.EMPTY)),
        ("Siti\n123", FaultyLine(ListFault.NAME, 2)),
        ("Siti\u202e", FaultyLine(ListFault.NAME, 1)),
        ("Siti, 0", FaultyLine(ListFault.PEOPLE, 1)),
        ("\nSiti, 11", FaultyLine(ListFault.PEOPLE, 2)),
        ("Siti\n" * 101, FaultyLine(ListFault.TOO_MANY)),
    ],
)
def test_the_first_faulty_line_is_named(text: str, expected: FaultyLine) -> None:
    assert read(text) == expected


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


def test_strips_without_names_are_told_apart_by_number() -> None:
    assert numbered("SDN 2", 3, 2) == [ListedParty("SDN 2 3", 1), ListedParty("SDN 2 4", 1)]
