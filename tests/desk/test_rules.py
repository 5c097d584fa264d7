"""Words typed into the desk's search."""

import pytest

from exhibition.desk.rules import HoldCommand, as_code, hold_command


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("hold B10 for Keripik Bu Tini", HoldCommand("B10", "Keripik Bu Tini")),
        ("tahan  b10   untuk kopi", HoldCommand("B10", "kopi")),
        ("Hold b10", HoldCommand("B10", "")),
        ("hold", None),
        ("household goods", None),
        ("hold B10 kopi", None),
    ],
)
def test_a_hold_is_meant_only_by_its_own_words(words: str, command: HoldCommand | None) -> None:
    assert hold_command(words) == command


def test_a_code_is_read_however_it_is_typed() -> None:
    assert as_code(" k7qm-2p ab ") == "K7QM2PAB"
