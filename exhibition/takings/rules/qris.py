"""Reading a static QRIS: the text in the QR code at which people pay a merchant.

Its form is that of EMVCo's *Merchant-Presented Mode 1.1*: fields of two digits of tag, two digits of length, and the
value; QRIS is Bank Indonesia's use of it. Nothing here moves or checks money: it only says whose code it is.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 512
"""Characters, as EMVCo bounds the text."""
HEADER = 4
"""Characters of tag and length before a value."""
FORMAT, INITIATION, NATIONAL, CURRENCY, AMOUNT, COUNTRY, NAME, CITY, CRC = (
    *("00", "01", "51", "53", "54", "58", "59", "60", "63"),
)
ACCOUNTS = tuple(f"{tag:02}" for tag in range(26, 46))
"""Accounts with banks and wallets, to which money is led."""
ACCOUNT_NUMBER, MERCHANT_NUMBER = "01", "02"
"""Within an account: its number; within the national field and accounts: the merchant's number."""
STATIC, RUPIAH, INDONESIA = "11", "360", "ID"
CRC_DIGITS = 4


class QrisFault(enum.StrEnum):
    """Why a text is no static QRIS; the values are codes of refusal."""

    EMPTY = "qris_empty"
    OTHER_CODE = "qris_other_code"
    """A text that is no payment code at all."""
    DAMAGED = "qris_damaged"
    """Lengths do not add up: letters are missing or too many."""
    WRONG_CRC = "qris_wrong_crc"
    DYNAMIC = "qris_dynamic"
    """Made for one payment, with its amount."""
    MISSING = "qris_missing"
    """A field that every QRIS has is not there."""
    FOREIGN = "qris_foreign"
    """For another currency or country."""


class NotQris(ValueError):
    """A text that is no static QRIS; ``tag`` is the number of the field at fault, empty for the text as a whole."""

    def __init__(self, fault: QrisFault, tag: str = "") -> None:
        super().__init__(f"{fault} {tag}".strip())
        self.fault = fault
        self.tag = tag


@dataclass(frozen=True)
class StaticQris:
    """Whose code it is."""

    payload: str
    merchant: str
    city: str
    merchant_number: str
    """The national one (NMID); empty where the code names none."""
    accounts: frozenset[str]
    """What stands for the accounts: the issuer of each with its number."""


class QrisAnswer(enum.StrEnum):
    """How a code at a booth compares with the one that is registered."""

    SAME = "same"
    OTHER_ACCOUNT = "other_account"
    """The same merchant by name or number, but money is led to another account: it may be a second bank, or a
    forgery."""
    OTHER = "other"
    UNKNOWN = "unknown"
    """Nothing is registered to compare it with."""


def crc16(text: str) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, beginning with 0xFFFF."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def fields(text: str, within: str = "") -> dict[str, str]:
    """The values by tag. Raises NotQris, naming the tag, or ``within`` for a field inside another."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        tag, length = text[place : place + 2], text[place + 2 : place + HEADER]
        digits = (tag + length).isascii() and (tag + length).isdigit() and len(tag + length) == HEADER
        value = text[place + HEADER : place + HEADER + int(length)] if digits else ""
        if not digits or len(value) != int(length) or not value or tag in found:
            raise NotQris(QrisFault.DAMAGED, within or (tag if tag.isascii() and tag.isdigit() else ""))
        found[tag] = value
        place += HEADER + int(length)
    return found


def read_qris(text: str) -> StaticQris:
    """The static QRIS in a text. Raises NotQris."""
    payload = text.strip()
    if not payload:
        raise NotQris(QrisFault.EMPTY)
    if not payload.startswith(FORMAT + "0201") or len(payload) > LONGEST or not payload.isprintable():
        raise NotQris(QrisFault.OTHER_CODE, FORMAT)
    _check_crc(payload)
    found = fields(payload)
    if found.get(INITIATION, STATIC) != STATIC:
        raise NotQris(QrisFault.DYNAMIC, INITIATION)
    if AMOUNT in found:
        raise NotQris(QrisFault.DYNAMIC, AMOUNT)
    accounts = {tag: fields(found[tag], tag) for tag in ACCOUNTS if tag in found}
    if not accounts:
        raise NotQris(QrisFault.MISSING, ACCOUNTS[0])
    for tag in (CURRENCY, COUNTRY, NAME, CITY):
        if not found.get(tag, "").strip():
            raise NotQris(QrisFault.MISSING, tag)
    for tag, wanted in ((CURRENCY, RUPIAH), (COUNTRY, INDONESIA)):
        if found[tag] != wanted:
            raise NotQris(QrisFault.FOREIGN, tag)
    national = fields(found[NATIONAL], NATIONAL) if NATIONAL in found else {}
    return StaticQris(
        payload=payload,
        merchant=" ".join(found[NAME].split()),
        city=" ".join(found[CITY].split()),
        merchant_number=national.get(MERCHANT_NUMBER, ""),
        accounts=frozenset(_account(one) for one in accounts.values()),
    )


def _check_crc(payload: str) -> None:
    """The last field is the CRC of all before its value."""
    before, said = payload[:-CRC_DIGITS], payload[-CRC_DIGITS:]
    if not before.endswith(f"{CRC}{CRC_DIGITS:02}"):
        # Where the fields do not add up, that is the better reason.
        fields(payload)
        raise NotQris(QrisFault.MISSING, CRC)
    if said.upper() != f"{crc16(before):04X}":
        raise NotQris(QrisFault.WRONG_CRC, CRC)


def _account(values: Mapping[str, str]) -> str:
    return "/".join(values.get(tag, "") for tag in (FORMAT, ACCOUNT_NUMBER, MERCHANT_NUMBER))


def compare(registered: StaticQris | None, seen: StaticQris) -> QrisAnswer:
    """How a code that hangs at a booth compares with the registered one."""
    if registered is None:
        return QrisAnswer.UNKNOWN
    if registered.accounts == seen.accounts and registered.merchant_number == seen.merchant_number:
        return QrisAnswer.SAME
    same_number = bool(seen.merchant_number) and registered.merchant_number == seen.merchant_number
    same_name = registered.merchant.casefold() == seen.merchant.casefold()
    return QrisAnswer.OTHER_ACCOUNT if same_number or same_name else QrisAnswer.OTHER
