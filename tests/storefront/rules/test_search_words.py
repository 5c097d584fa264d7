"""Words of a search: folded as the databases fold them, and mistakes guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.storefront.rules import search_words
from exhibition.storefront.rules.search_words import Speller, Typed

SOLD = Speller(["keripik", "kopi", "kopiko", "batik", "balok", "gerabah", "wedang", "arabika", "robusta", "teh"])
few_letters = st.text("abcd", min_size=1, max_size=9)


def distance(one: str, other: str) -> int:
    """The number of changed, missing, added and swapped letters, computed the slow and plain way."""
    table = [[row + column for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            same = one[row - 1] == other[column - 1]
            cost = min(table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + (not same))
            if row > 1 and column > 1 and one[row - 1] == other[column - 2] and one[row - 2] == other[column - 1]:
                cost = min(cost, table[row - 2][column - 2] + 1)
            table[row][column] = cost
    return table[-1][-1]


@given(few_letters, few_letters)
def test_the_distance_equals_a_count_letter_by_letter(one: str, other: str) -> None:
    whole, beginning = Typed(one).distances(other)
    assert whole == distance(one, other)
    assert beginning == min(distance(one, other[:end]) for end in range(len(other) + 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kopi Arabika 200 g", ["kopi", "arabika", "200", "g"]),
        ("CAFÉ Crème", ["cafe", "creme"]),
        ("snack_box/lemper (isi-10)", ["snack", "box", "lemper", "isi", "10"]),
        ("«ayam»\u2026🌶️", ["ayam"]),
        ("", []),
        ('"*()^:-', []),
    ],
)
def test_texts_are_cut_into_plain_words(text: str, expected: list[str]) -> None:
    assert search_words.folded(text) == expected


def test_a_search_has_few_and_short_words_each_once() -> None:
    assert search_words.wanted("kopi Kopi KOPI teh") == ["kopi", "teh"]
    assert len(search_words.wanted(" ".join(f"w{number}" for number in range(100)))) == search_words.MOST_WORDS
    assert search_words.wanted("a" * 10_000) == ["a" * search_words.LONGEST_WORD]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("keripk", "keripik"),
        ("krepiik", "keripik"),
        ("kpoi", "kopi"),
        ("btaik", "batik"),
        ("vatik", "batik"),
        ("gerbaah", "gerabah"),
        ("wedank", "wedang"),
        ("arabik", "arabika"),
        ("robsu", "robusta"),
    ],
)
def test_a_mistyped_word_is_guessed(typed: str, meant: str) -> None:
    assert SOLD.guesses(typed)[0] == meant


def test_the_nearer_word_is_guessed_first_and_other_near_ones_after_it() -> None:
    assert SOLD.guesses("batok") == ["balok", "batik"]
    assert SOLD.guesses("kopj") == ["kopi", "kopiko"]


@pytest.mark.parametrize("typed", ["te", "xyz", "zzzzzzzz", "2020", "12345678", "keripikkeripik"])
def test_a_word_unlike_all_others_is_not_guessed(typed: str) -> None:
    assert SOLD.guesses(typed) == []


def test_words_named_beside_the_known_ones_are_guessed_as_well() -> None:
    assert SOLD.guesses("ambarwa", {"ambarawa"}) == ["ambarawa"]


def test_a_speller_knows_beginnings() -> None:
    assert SOLD.knows("ker")
    assert SOLD.knows("teh")
    assert not SOLD.knows("kerupuk")
    assert not SOLD.knows("zz")
    assert not Speller([]).knows("a")
