"""A static QRIS is read, and everything else refused with the field at fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.takings.rules.qris import NotQris, QrisAnswer, QrisFault, compare, crc16, read_qris
from tests.takings.codes import ACCOUNT, NATIONAL, qris_text, tlv

GOOD = qris_text()


def test_the_check_digits_are_those_of_the_standard() -> None:
    assert crc16("123456789") == 0x29B1


def test_a_static_qris_tells_whose_it_is() -> None:
    code = read_qris(f"  {GOOD}\n")
    assert (code.payload, code.merchant, code.city) == (GOOD, "KERIPIK BU TINI", "SEMARANG")
    assert code.merchant_number == "ID1020000000001"
    assert read_qris(GOOD[:-4] + GOOD[-4:].lower()).merchant == code.merchant


@pytest.mark.parametrize(
    ("text", "fault", "tag"),
    [
        (" ", QrisFault.EMPTY, ""),
        ("https://example.com/pay", QrisFault.OTHER_CODE, "00"),
        (qris_text(f01="12"), QrisFault.DYNAMIC, "01"),
        (qris_text(f54="25000"), QrisFault.DYNAMIC, "54"),
        (GOOD.replace("TINI", "TONI"), QrisFault.WRONG_CRC, "63"),
        (GOOD[:-9], QrisFault.DAMAGED, "61"),
        (GOOD[:-8], QrisFault.MISSING, "63"),
        (qris_text(f26="0099X"), QrisFault.DAMAGED, "26"),
        (qris_text(f26=None), QrisFault.MISSING, "26"),
        (qris_text(f59=None), QrisFault.MISSING, "59"),
        (qris_text(f60=None), QrisFault.MISSING, "60"),
        (qris_text(f53="702"), QrisFault.FOREIGN, "53"),
        (qris_text(f58="SG"), QrisFault.FOREIGN, "58"),
    ],
)
def test_what_is_none_names_the_field(text: str, fault: QrisFault, tag: str) -> None:
    with pytest.raises(NotQris) as error:
        read_qris(text)
    assert (error.value.fault, error.value.tag) == (fault, tag)


@given(st.text(max_size=600) | st.text(alphabet="0123456789", max_size=120).map(lambda end: f"000201{end}"))
def test_no_text_is_a_fault_of_ours(text: str) -> None:
    with pytest.raises(NotQris):
        read_qris(text)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="ascii", exclude_categories=["C"]))
def test_no_single_wrong_letter_goes_unseen(place: int, letter: str) -> None:
    changed = GOOD[:place] + letter + GOOD[place + 1 :]
    if changed.upper() != GOOD.upper() or changed[:-4] != GOOD[:-4]:
        with pytest.raises(NotQris):
            read_qris(changed)


def test_another_account_is_told_from_another_merchant() -> None:
    registered = read_qris(GOOD)
    account = tlv(ACCOUNT | {"01": "936000140000009999"})
    national = tlv(NATIONAL | {"02": "ID1020000000777"})
    cases = {
        GOOD: QrisAnswer.SAME,
        qris_text(f61="50662"): QrisAnswer.SAME,
        qris_text(f26=account): QrisAnswer.OTHER_ACCOUNT,
        qris_text("OTHER NAME", f26=account): QrisAnswer.OTHER_ACCOUNT,
        qris_text("Keripik Bu Tini", f26=account, f51=national): QrisAnswer.OTHER_ACCOUNT,
        qris_text("OTHER NAME", f26=account, f51=national): QrisAnswer.OTHER,
    }
    assert {text: compare(registered, read_qris(text)) for text in cases} == cases
    assert compare(None, registered) is QrisAnswer.UNKNOWN
