"""QRIS codes for tests, put together field by field."""

from collections.abc import Mapping

from exhibition.takings.rules.qris import crc16

ACCOUNT = {"00": "ID.CO.BANK.WWW", "01": "936000140000000001", "02": "000000000001", "03": "UMI"}
NATIONAL = {"00": "ID.CO.QRIS.WWW", "02": "ID1020000000001", "03": "UMI"}


def tlv(values: Mapping[str, str]) -> str:
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in values.items())


def qris_text(merchant: str = "KERIPIK BU TINI", **other: str | None) -> str:
    """A static QRIS; ``f54="5000"`` gives a field another value, None leaves it out."""
    values: dict[str, str | None] = {
        "00": "01",
        "01": "11",
        "26": tlv(ACCOUNT),
        "51": tlv(NATIONAL),
        "52": "5411",
        "53": "360",
        "58": "ID",
        "59": merchant,
        "60": "SEMARANG",
        "61": "50661",
    }
    values |= {tag.removeprefix("f"): value for tag, value in other.items()}
    text = tlv({tag: value for tag, value in values.items() if value is not None}) + "6304"
    return f"{text}{crc16(text):04X}"
