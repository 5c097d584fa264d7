"""What the columns of lists of applicants are called, and which column of a list is probably which."""

import re
import unicodedata
from collections.abc import Sequence

_NAMES = {
    "name": (
        "nama namausaha namaumkm namapeserta usaha umkm merek brand name business businessname exhibitor "
        "exhibitorname company companyname perusahaan"
    ),
    "kind": "jenis jenispeserta kind type exhibitorkind kindofexhibitor",
    "contact_name": (
        "pemilik namapemilik kontak namakontak penanggungjawab pj narahubung pic contact contactname "
        "contactperson owner person"
    ),
    "phone": (
        "telepon telp notelp notelepon nohp hp nomorhp wa nowa whatsapp nowhatsapp handphone phone "
        "phonenumber mobile tel telephone phoneorwhatsapp"
    ),
    "email": "email surel alamatemail mail emailaddress",
    "product_group": (
        "kategori kelompokproduk jenisproduk produk jenisusaha bidang bidangusaha sektor category "
        "productgroup product products sector"
    ),
    "district": "kecamatan kabupaten kota kabkota kabupatenkota daerah wilayah district city regency town region",
    "description": "deskripsi keterangan kegiatan uraian description about activity notes",
    "storefront_url": (
        "toko tokodaring tokoonline linktoko website situs situsweb web url shop onlineshop companywebsite "
        "storefront instagram link"
    ),
    "nib": "nib nomornib nonib nomorindukberusaha",
    "pirt": "pirt nopirt nomorpirt spppirt",
    "halal": "halal nohalal nomorhalal sertifikathalal halalnumber",
    "power_va": "listrik daya dayalistrik listrikva powerva power electricity",
    "water": "air perluair butuhair water",
    "accessible": "akses kursiroda aksesibel ramahdifabel accessible stepfree",
    "attended": "pernahikut pernahpameran pesertalama attended attendedbefore wastherebefore",
    "wishes": "pilihanstan stanpilihan nomorstan stan wishes boothwishes boothwish",
    "zone_wishes": "zona pilihanzona zone zones zonewishes",
    "near": "dekat dekatdengan near standnear",
    "avoid": "jauh jauhdari hindari avoid",
    "share": "berbagi berbagistan mauberbagi share willingtoshare",
}
"""What the columns of such lists are called, without blanks and marks; the first names count most."""
HEADINGS = {field: tuple(names.split()) for field, names in _NAMES.items()}
FIELDS = tuple(HEADINGS)
TELLING = 4
"""Letters from which on the beginning of a heading is enough."""


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower())


def guess(headings: Sequence[str]) -> dict[str, int]:
    """The position of the column that each field is probably in; a column belongs to one field."""
    plain = [_plain(heading) for heading in headings]
    found: dict[str, int] = {}
    for same in (str.__eq__, str.startswith):
        for field, names in HEADINGS.items():
            if field in found:
                continue
            candidates = (
                position
                for name in names
                for position, heading in enumerate(plain)
                if heading and position not in found.values() and (len(name) >= TELLING or same is str.__eq__)
                if same(heading, name)
            )
            position = next(candidates, None)
            if position is not None:
                found[field] = position
    return found


def score(headings: Sequence[str]) -> int:
    """How many of the headings are known."""
    return len(guess(headings))
