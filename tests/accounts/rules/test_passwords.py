"""Passwords that are guessed first are refused, with the reason; others are taken, whatever they consist of."""

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from exhibition.accounts.rules.passwords import PASSWORD_MINIMUM, WORD_LIST, PasswordFault, password_fault

FAIR = (
    "umkm-serasi",
    "Pameran Produk UMKM 2026",
    "Balai Agung, Loka Wisata Dusun Semilir",
    "Jl. Soekarno-Hatta No. 49, Bawen, Kabupaten Semarang",
)
PERSON = ("ratnawati.dewi@dinkop.example", "ratnawati.dewi", "dinkop.example", "Ratnawati Dewi Kusumaningrum")


def fault(password: str) -> PasswordFault | None:
    return password_fault(password, PERSON, FAIR)


def test_the_most_common_passwords_are_refused_as_they_are_and_filled_up_with_what_people_add() -> None:
    common = FREQUENCY_LISTS["passwords"]
    endings = ("123", "2026", "!", "1234567890")
    filled = (
        word if len(word) >= PASSWORD_MINIMUM else next(word + e for e in endings if len(word + e) >= PASSWORD_MINIMUM)
        for word in common[:3000]
    )
    tried = {*filled, *(word for word in common if len(word) >= PASSWORD_MINIMUM)}
    assert len(tried) > 3500
    assert [password for password in tried if password_fault(password) is None] == []


def test_every_word_of_our_list_is_refused_with_a_year_and_a_mark() -> None:
    words = [line for line in WORD_LIST.read_text().splitlines() if line and not line.startswith("#")]
    assert len(words) > 300
    assert len(words) == len(set(words))
    tried = [password for word in words if len(password := f"{word.title()}2026!!") >= PASSWORD_MINIMUM]
    assert [password for password in tried if password_fault(password) is None] == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("bismillah2026", PasswordFault.COMMON),
        ("Bismillah 2026!", PasswordFault.COMMON),
        ("b1sm1ll4h2026", PasswordFault.COMMON),
        ("indonesiamerdeka45", PasswordFault.COMMON),
        ("ｐａｓｓｗｏｒｄ１２３", PasswordFault.COMMON),
        ("agungsemilir26", PasswordFault.FAIR),
        ("dusun semilir 2026", PasswordFault.FAIR),
        ("BawenSemilir49", PasswordFault.FAIR),
        ("umkmserasi26", PasswordFault.FAIR),
        ("ratnawati.dewi@dinkop.example", PasswordFault.PERSONAL),
        ("Kusumaningrum", PasswordFault.PERSONAL),
        ("ratnawati dewi 1", PasswordFault.PERSONAL),
        ("itawantar-2026", PasswordFault.PERSONAL),
        ("abababababab", PasswordFault.PATTERN),
        ("zyxwvutsrqponm", PasswordFault.PATTERN),
        ("06-11-2026", PasswordFault.PATTERN),
        ("- - - - - - - -", PasswordFault.PATTERN),
    ],
)
def test_the_reason_is_told(password: str, reason: PasswordFault) -> None:
    assert fault(password) is reason


@pytest.mark.parametrize("password", ["pameranumkm2026", "pameran umkm 2026", "PameranUMKM2026!"])
def test_the_words_of_fairs_are_refused_also_before_there_is_one(password: str) -> None:
    assert password_fault(password) is PasswordFault.COMMON
    assert fault(password) in {PasswordFault.COMMON, PasswordFault.FAIR}


@pytest.mark.parametrize(
    "password",
    [
        "tujuh bakul nasi",
        "sembilan kain lurik",
        "kuda-lumping-47",
        "correct horse battery staple",
        "x7Kq92mLpw",
        "👩‍🌾🌾🐓🧺🍚🌶🥥🍌🐟🪔",
        "di Semarang empat ekor bebek menari",
        "x" * 5 + "tembaga kuning berderak" + "7" * 150,
    ],
)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    assert fault(password) is None


def test_a_password_without_any_known_part_may_still_be_too_easy() -> None:
    assert password_fault("q-v.w x_k-j") is PasswordFault.EASY


def test_only_the_beginning_of_a_long_password_is_judged() -> None:
    assert password_fault("password" * 9 + "tembaga kuning berderak") is not None


def test_symbols_that_can_be_read_as_many_letters_are_read_in_few_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    from zxcvbn import matching

    readings: list[int] = []
    enumerate_subs = matching.enumerate_l33t_subs

    def counted(table: dict[str, list[str]]) -> list[dict[str, str]]:
        found = enumerate_subs(table)
        readings.append(len(found))
        return found

    monkeypatch.setattr(matching, "enumerate_l33t_subs", counted)
    for password in ("4@8({[<369&#!1/|0$5+7%2/" * 3, "4@8({[<369!1|0$5+7%2/xz" * 3):
        assert password_fault(password) is None
    assert max(readings) <= 32
