"""Lists of applicants as tables: bytes into rows of text, and which column is probably which.

Reads CSV in whatever encoding and with whatever separator, and the first sheet of XLSX. Never writes anything.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 100
LONGEST_CELL = 4000
SEPARATORS = ";,\t|"
LOOKED_AT = 20
"""Rows from which separator and headings are guessed."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

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
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})


@dataclass(frozen=True)
class Table:
    """Rows of tidy text as they stand in the file; the row of headings is one of them."""

    rows: list[list[str]]
    heading_row: int
    guessed: bool
    """Whether letters may be wrong: the file is in no one encoding."""

    @property
    def headings(self) -> list[str]:
        return self.rows[self.heading_row]


def _refuse(code: str, message: LazyString) -> Refused:
    return Refused(code, message, status=422, field="file")


def tidy(text: str) -> str:
    """One line without invisible characters and doubled blanks."""
    visible = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cs") else sign for sign in text
    )
    return " ".join(visible.split())[:LONGEST_CELL]


def decode(content: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding had to be guessed: each line that is no UTF-8 is taken for Windows-1252."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace"), False
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        return "".join(_line(line) for line in content.splitlines(keepends=True)), True


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """The sign that splits the first rows into the most, and the most even, columns."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        widths = Counter(line.count(sign) for line in lines if sign in line)
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        return times, width

    return max(SEPARATORS, key=evenness)


def _from_csv(content: bytes) -> tuple[list[list[str]], bool]:
    text, guessed = decode(content)
    text = text.replace("\x00", "")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        message = _l("This is no table that we can read. Save it as CSV or XLSX and try again.")
        raise _refuse("table_unreadable", message) from error
    return rows, guessed


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # telephone numbers and NIBs are numbers to a spreadsheet
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return str(value)


def _from_xlsx(content: bytes) -> list[list[str]]:
    import python_calamine

    unreadable = _l("This workbook cannot be read. Save it as XLSX without a password and try again.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise _refuse("table_too_large", _l("The list is too large. Import at most 5,000 rows at a time."))
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, zipfile.BadZipFile, IndexError, OSError, ValueError) as error:
        raise _refuse("table_unreadable", unreadable) from error
    return [[_cell(value) for value in row] for row in rows]


def read(content: bytes) -> Table:
    """The rows of a file, told by its content.

    Raises Refused (422, field ``file``) ``table_empty``, ``table_too_large``, ``table_unreadable``.
    """
    if len(content) > MAX_BYTES:
        raise _refuse("table_too_large", _l("The file is larger than 5 MB. Import at most 5,000 rows at a time."))
    rows, guessed = (_from_xlsx(content), False) if content.startswith(b"PK\x03\x04") else _from_csv(content)
    rows = [[tidy(cell) for cell in row[:MOST_COLUMNS]] for row in rows]
    if len(rows) > MOST_ROWS:
        raise _refuse("table_too_large", _l("The list is too large. Import at most 5,000 rows at a time."))
    heading_row = _heading_row(rows)
    if not any(any(row) for row in rows[heading_row + 1 :]):
        raise _refuse("table_empty", _l("There is no row of data in this file. The first row holds the headings."))
    return Table(rows, heading_row, guessed)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower())


def _heading_row(rows: Sequence[Sequence[str]]) -> int:
    """The first of the rows that names the most columns; lists often begin with a title."""
    known = [len(guess(row)) for row in rows[:LOOKED_AT]]
    if known and max(known) > 0:
        return known.index(max(known))
    return next((number for number, row in enumerate(rows[:LOOKED_AT]) if sum(map(bool, row)) > 1), 0)


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


def cell_name(row: int, column: int) -> str:
    """``B7`` for row 6 and column 1, both counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
