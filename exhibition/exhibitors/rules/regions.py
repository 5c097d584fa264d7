"""Official codes of regions (Kepmendagri on codes of regions), as lists of offices write them in place of names.

Known are the regencies and cities of Central Java, and the districts of Kabupaten Semarang.
"""

import re

_REGENCIES = (
    "01 Cilacap;02 Banyumas;03 Purbalingga;04 Banjarnegara;05 Kebumen;06 Purworejo;07 Wonosobo;08 Magelang;09 Boyolali;"
    "10 Klaten;11 Sukoharjo;12 Wonogiri;13 Karanganyar;14 Sragen;15 Grobogan;16 Blora;17 Rembang;18 Pati;19 Kudus;"
    "20 Jepara;21 Demak;22 Semarang;23 Temanggung;24 Kendal;25 Batang;26 Pekalongan;27 Pemalang;28 Tegal;29 Brebes;"
    "71 Kota Magelang;72 Kota Surakarta;73 Kota Salatiga;74 Kota Semarang;75 Kota Pekalongan;76 Kota Tegal"
)
_DISTRICTS = (
    "01 Getasan;02 Tengaran;03 Susukan;04 Suruh;05 Pabelan;06 Tuntang;07 Banyubiru;08 Jambu;09 Sumowono;10 Ambarawa;"
    "11 Bawen;12 Bringin;13 Bergas;15 Pringapus;16 Bancak;17 Kaliwungu;18 Ungaran Barat;19 Ungaran Timur;20 Bandungan"
)


def _by_code(beginning: str, listed: str) -> dict[str, str]:
    parts = (one.split(" ", 1) for one in listed.split(";"))
    return {beginning + number: name for number, name in parts}


_BY_CODE = {"33": "Jawa Tengah"} | _by_code("33", _REGENCIES) | _by_code("3322", _DISTRICTS)
_CODE = re.compile(r"(\d{2})\.?(\d{2})(?:\.?(\d{2}))?(?:\.?\d{4})?")
"""Province, regency, district and village, with or without points."""
_CODED = re.compile(r"[\[(]?(\d{2}\.?\d{2}(?:\.?\d{2})?(?:\.?\d{4})?)[\])]?(?:\.0)?(?:[\s:\-\u2013\u2014]+(\D.*))?")


def named(text: str) -> str | None:
    """The region's name where the text is a code, alone or before its name; None where it is no code that is known."""
    found = _CODED.fullmatch(text.strip())
    if found is None:
        return None
    if found[2]:
        return found[2].strip()
    code = _CODE.fullmatch(found[1])
    return _BY_CODE.get("".join(part for part in code.groups() if part)) if code else None
