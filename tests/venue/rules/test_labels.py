"""The exhibitor's name in a booth of the plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.venue.rules.labels import ELLIPSIS, label_lines


@pytest.mark.parametrize(
    ("name", "width", "depth", "lines"),
    [
        ("Kopi Ngipik", 2.0, 2.0, ["Kopi Ngipik"]),
        ("Kementerian Pemuda dan Olahraga RI", 2.0, 2.0, ["Kementerian", "Pemuda dan", "Olahraga RI"]),
        ("Dinas Koperasi UMKM Provinsi Jawa Tengah", 2.0, 2.0, ["Dinas", "Koperasi", "UMKM…"]),
        ("Perhimpunanpengusaha", 2.0, 2.0, ["Perhimpuna…"]),
        ("Kopi Ngipik", 2.0, 0.5, []),
        ("", 2.0, 2.0, []),
    ],
)
def test_a_name_is_broken_between_words_and_ends_in_an_ellipsis(
    name: str, width: float, depth: float, lines: list[str]
) -> None:
    assert label_lines(name, width, depth) == lines


@given(st.text(max_size=80), st.floats(0.5, 12), st.floats(0.5, 12))
def test_a_label_never_leaves_its_booth(name: str, width: float, depth: float) -> None:
    lines = label_lines(name, width, depth)
    assert all(len(line) * 0.162 <= width for line in lines)
    assert 0.7 + len(lines) * 0.38 <= depth + 1e-9 or not lines
    shown = " ".join(lines)
    assert shown.split() == name.split() or shown.endswith(ELLIPSIS) or ELLIPSIS in shown or not lines
