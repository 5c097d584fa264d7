import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.venue.rules.placeholders import TextFaults, faults, fill, used

KNOWN = {"name", "day"}


@pytest.mark.parametrize(
    ("text", "unknown", "unbalanced"),
    [
        ("Halo {name}, sampai jumpa { day }!", (), ()),
        ("{{name}} stays as it is", (), ()),
        ("{nama} dan {nama} dan {tanggal}", ("{nama}", "{tanggal}"), ()),
        ("{}", ("{}",), ()),
        ("Halo {name", (), ("{name",)),
        ("Halo name}, apa kabar", (), ("Halo name}",)),
        ("{Name}", ("{Name}",), ()),
    ],
)
def test_the_faults_of_a_text_are_named(text: str, unknown: tuple[str, ...], unbalanced: tuple[str, ...]) -> None:
    assert faults(text, KNOWN) == TextFaults(unknown, unbalanced)


def test_values_stand_in_place_of_placeholders_and_are_not_filled_in_again() -> None:
    values = {"name": "{day} {{x}}", "day": "Jumat"}
    assert fill("{name}, { day }: {{day}}", values) == "{day} {{x}}, Jumat: {day}"


def test_a_reader_without_a_value_gets_a_dash() -> None:
    assert fill("Stan {booth}", {"booth": ""}) == "Stan –"


@given(st.text(alphabet="{} abname", max_size=40))
def test_a_text_without_faults_names_known_placeholders_only(text: str) -> None:
    if not faults(text, KNOWN):
        assert set(used(text)) <= KNOWN
        assert "{name}" not in fill(text.replace("{{", "").replace("}}", ""), {"name": "x"})


@given(st.text(max_size=60))
def test_any_value_arrives_as_it_is(value: str) -> None:
    assert fill("<{name}>", {"name": value}) == f"<{value or '–'}>"
