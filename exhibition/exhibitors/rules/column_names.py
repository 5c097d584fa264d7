"""The columns of lists of applicants: their usual headings, and the shape of their values."""

from exhibition.core import tables
from exhibition.core.tables import Column, Columns, UploadedTable
from exhibition.core.tables.matching import Fits
from exhibition.exhibitors.rules import cell_values, licences

_NAMES = {
    "name": (
        "namausaha namaumkm namapeserta nama usaha umkm merek brand name business businessname exhibitor "
        "exhibitorname company companyname perusahaan"
    ),
    "kind": "jenispeserta jenis kind type exhibitorkind kindofexhibitor",
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
        "productgroup product products sector jenis"
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
"""Headings of the columns in such lists, the surest first."""
_READ = {
    "phone": cell_values.phone,
    "email": cell_values.email,
    "kind": cell_values.kind,
    "power_va": cell_values.power,
    "storefront_url": cell_values.address,
    **licences.CHECKS,
    **dict.fromkeys(("water", "accessible", "attended", "share"), cell_values.flag),
}


def _is_name(text: str) -> bool:
    return any(map(str.isalpha, text)) and cell_values.phone(text) is None and cell_values.email(text) is None


def _fits(name: str) -> Fits | None:
    if name in ("name", "contact_name"):
        return _is_name
    read = _READ.get(name)
    return (lambda text: read(text) is not None) if read else None


COLUMNS = Columns(
    *(
        Column(name, tuple(names.split()), _fits(name), telling=name in ("phone", "email"))
        for name, names in _NAMES.items()
    ),
    beginnings=True,
)
FIELDS = tuple(_NAMES)


def read_table(content: bytes) -> UploadedTable:
    """The list of applicants in a file. Raises UnreadableTable."""
    return tables.read(content, COLUMNS.known)


def ready() -> None:
    """Read once, before there is a stranger's file, so that everything is loaded."""
    tables.ready()
    read_table(b"nama,hp\nKopi,0812-3456-7890\n")
