"""Rows of a list that are no business: totals, numbers of columns, headings printed again or of a section, notes."""

import enum
import re
from collections.abc import Sequence

from exhibition.core.tables import says_nothing
from exhibition.exhibitors.rules import cell_values


class RowKind(enum.StrEnum):
    TOTAL = "row_total"
    """A total or a count of the rows above."""
    HEADINGS = "row_headings"
    """The headings once more, or the numbers of the columns below them."""
    NOTE = "row_note"
    """One text alone in its row: the heading of a section, a note, the place and name of whoever signs."""


_OF_WHAT = (
    r"keseluruhan|seluruhnya|seluruh|semua|akhir|umum|umkm|ukm|ikm|peserta|usaha|pelaku|pendaftar|data|orang|stan|"
    r"baris|unit|kecamatan|kabupaten|total|jumlah|exhibitors?|rows?|businesses|applicants?|of|all|count"
)
_TOTAL = re.compile(
    rf"(?:grand\s*|sub\s*-?\s*)?(?:total|jumlah|jml|banyaknya|rata-rata|average|sum)(?:\s+(?:{_OF_WHAT}))*"
    rf"\s*[:=]?\s*[\d.,]*\s*(?:{_OF_WHAT}|\s)*",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:kecamatan|kec\.|kabupaten|kab\.|kelurahan|desa|kategori|kelompok|klaster|catatan|keterangan|ket\s*[.:]|sumber|note|"
    r"notes|source|mengetahui|dicetak|diunduh|printed|tanggal|tgl|update|nip\b|kepala\s+(?:dinas|bidang|desa|seksi)|"
    r"ketua\s+panitia|ttd|camat|lurah|\*)",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[A-Za-z .]+,\s*\d{1,2}\s+[A-Za-z]+\s+\d{4}")
"""Place and date of a signature."""
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?")
FEWEST_NUMBERS = 3


def kind_of(row: Sequence[str], headings: Sequence[str]) -> RowKind | None:
    """What the row is, when it is no business; None for a business, also one whose name begins with Total."""
    cells = [cell for cell in row if not says_nothing(cell)]
    if not cells:
        return RowKind.NOTE
    known = [heading for heading in headings if heading]
    if len(cells) > 1 and all(cell.casefold() in {heading.casefold() for heading in known} for cell in cells):
        return RowKind.HEADINGS
    numbers = [int(found[1]) for cell in cells if (found := _COLUMN_NUMBER.fullmatch(cell))]
    if len(numbers) == len(cells) >= FEWEST_NUMBERS and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return RowKind.HEADINGS
    reached = any(cell_values.phone(cell) or cell_values.email(cell) for cell in cells)
    if not reached and any(_TOTAL.fullmatch(cell) for cell in cells) and _adds_up(cells):
        return RowKind.TOTAL
    if len(cells) == 1 and len(known) > 1 and (_NOTE.match(cells[0]) or _SIGNED.fullmatch(cells[0])):
        return RowKind.NOTE
    return None


def _adds_up(cells: Sequence[str]) -> bool:
    """Whether beside the word for a total there are only numbers, perhaps with what is counted."""
    rest = [cell for cell in cells if not _TOTAL.fullmatch(cell)]
    return all(re.fullmatch(rf"(?:rp\.?\s*)?[\d.,]+\s*(?:{_OF_WHAT}|va|\s)*", cell, re.IGNORECASE) for cell in rest)
