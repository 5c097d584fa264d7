"""The columns of lists of applicants: their usual headings, and the shape of their values."""

from dataclasses import replace

from exhibition.core import tables
from exhibition.core.tables import Column, Columns, Format, UploadedTable
from exhibition.core.tables.matching import LOOKED_AT, SURE, Fits
from exhibition.exhibitors.rules import cell_values, licences, regions
from exhibition.exhibitors.rules.row_kinds import kind_of

_NAMES = {
    "name": (
        "namausaha namaumkm namapeserta nama usaha umkm merek brand name business businessname exhibitor "
        "exhibitorname company companyname perusahaan namausahaumkm namausahamerek namamerek merk namamerk merkusaha "
        "namabrand namatoko namaproduksi namaperusahaan namakelompok namakoperasi namastan shopname storename "
        "organization organisation vendor vendorname"
    ),
    "kind": (
        "jenispeserta jenis kind type exhibitorkind kindofexhibitor skalausaha skala klasifikasiusaha bentukusaha "
        "bentuk jenisusaha kategoripeserta tipe"
    ),
    "contact_name": (
        "pemilik namapemilik kontak namakontak penanggungjawab pj narahubung pic contact contactname "
        "contactperson owner person ownername namapelakuusaha pelakuusaha pengusaha namapengusaha namapj cp namapic "
        "pengurus ketua namaketua namalengkap namapendaftar pendaftar fullname representative"
    ),
    "phone": (
        "telepon telp notelp notelepon nohp hp nomorhp wa nowa whatsapp nowhatsapp handphone phone "
        "phonenumber mobile tel telephone phoneorwhatsapp nomortelepon nomorwa nomorwhatsapp telpon notelpon "
        "nomortelpon nomortelp tlp notlp ponsel noponsel nomorponsel nohandphone nomorhandphone nohpwa telphp "
        "telpwa hpwa wahp kontakhp kontakwa nomorkontak nokontak mobilenumber mobilephone "
        "cellphone cell phoneno contactnumber whatsappnumber telephonenumber kontak contact"
    ),
    "email": "email surel alamatemail alamatsurel mail emailaddress",
    "product_group": (
        "kategori kelompokproduk jenisproduk produk jenisusaha bidang bidangusaha sektor category "
        "productgroup product products sector jenis kategoriproduk kategoriusaha namaproduk jenisdagangan dagangan "
        "produkunggulan produkutama komoditas komoditi kelompok klasterproduk productcategory producttype "
        "industry goods tipe"
    ),
    "district": (
        "kecamatan kabupaten kota kabkota kabupatenkota daerah wilayah district city regency town region kec "
        "namakecamatan kodekecamatan kodewilayah kodedaerah kodekec asal asaldaerah asalkecamatan "
        "kotakabupaten kotakab subdistrict cityregency origin area"
    ),
    "description": "deskripsi keterangan kegiatan uraian description about activity notes",
    "storefront_url": (
        "toko tokodaring tokoonline linktoko website situs situsweb web url shop onlineshop companywebsite "
        "storefront instagram link alamatwebsite alamattoko tautan tautantoko marketplace ig medsos mediasosial "
        "sosmed socialmedia"
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
    **dict.fromkeys(cell_values.FLAGS, cell_values.flag),
}


def _is_words(text: str) -> bool:
    return any(map(str.isalpha, text)) and cell_values.phone(text) is None and cell_values.email(text) is None


def _is_group(text: str) -> bool:
    return _is_words(text) and cell_values.kind(text) is None


def _is_region(text: str) -> bool:
    return regions.named(text) is not None or _is_words(text)


_WORDS = {"name": _is_words, "contact_name": _is_words, "product_group": _is_group, "district": _is_region}


def _fits(name: str) -> Fits | None:
    if name in _WORDS:
        return _WORDS[name]
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


MOST_LETTERS = 3
"""A column of short words, such as sizes or yes and no, holds no names."""


def guess(table: UploadedTable) -> dict[str, int]:
    """The position of each column, by headings and values.

    A list that only names people is a list of their businesses. Where no heading tells the names, the first column of
    different words that is nothing else holds them.
    """
    businesses = [
        row for row, cells in zip(table.values, table.rows, strict=True) if not kind_of(cells, table.headings)
    ]
    table = replace(table, values=businesses)
    found = COLUMNS.match(table.headings, table)
    if "name" in found:
        return found
    if "contact_name" in found:
        return {("name" if name == "contact_name" else name): position for name, position in found.items()}
    taken = set(found.values())
    names = (position for position in range(len(table.headings)) if position not in taken and _names(table, position))
    position = next(names, None)
    return found if position is None else {"name": position, **found}


def _names(table: UploadedTable, position: int) -> bool:
    cells = table.column(position, LOOKED_AT)
    told = [cell for cell in cells if _is_words(cell) and len(cell) > MOST_LETTERS]
    return bool(told) and len(told) >= SURE * len(cells) and len(set(told)) > len(told) / 2


def read_table(content: bytes) -> UploadedTable:
    """The list of applicants in a file; one without headings gets empty ones. Raises UnreadableTable."""
    table = tables.read(content, COLUMNS.known)
    if table.format is Format.JSON or not any(
        cell_values.phone(one) or cell_values.email(one) for one in table.headings
    ):
        return table
    first = [*table.headings]
    return replace(
        table,
        headings=[""] * len(first),
        values=[[*first], *table.values],
        places=[table.heading_place, *table.places],
        known=0,
        broken=frozenset(row + 1 for row in table.broken),
        longer=frozenset(row + 1 for row in table.longer),
    )


def ready() -> None:
    """Read once, before there is a stranger's file, so that everything is loaded."""
    tables.ready()
    read_table(b"nama,hp\nKopi,0812-3456-7890\n")
