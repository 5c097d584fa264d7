"""The columns of lists of booths: their usual headings, and the shape of their values."""

from exhibition.core import tables
from exhibition.core.tables import Column, Columns, UploadedTable
from exhibition.core.tables.matching import Fits
from exhibition.venue.plan.reading import booth_lists

_NAMES = {
    "code": (
        "stand standno standnumber booth boothno boothnumber boothcode stan nomorstan nostan kodestan stall "
        "kode code nomor number no label name id"
    ),
    "zone": "zone zona hall aula area blok block section",
    "x": "x posx xpos left kiri xm",
    "y": "y posy ypos top atas ym",
    "width": "w width lebar boothwidth",
    "depth": "d h depth height kedalaman panjang tinggi dalam length boothdepth",
    "size": "size ukuran dimension dimensions boothsize ukuranstan",
    "rotation": "rotation rotasi angle putaran",
    "power_va": "power listrik daya powerva listrikva electricity",
    "water": "water air perluair",
    "corner": "corner sudut hoek pojok",
    "accessible": "accessible aksesibel kursiroda stepfree",
}


def _fits(name: str) -> Fits | None:
    if name in booth_lists.LENGTHS:
        return lambda text: booth_lists.length(text, "m") is not None
    if name == "size":
        return lambda text: booth_lists.size(text, "m")[1] is None
    if name in booth_lists.FLAGS:
        return lambda text: booth_lists.flag(text) is not None
    checks = {"code": booth_lists.booth_code, "rotation": booth_lists.degrees, "power_va": booth_lists.power}
    read = checks.get(name)
    return (lambda text: read(text) is not None) if read else None


COLUMNS = Columns(
    *(Column(name, tuple(names.split()), _fits(name)) for name, names in _NAMES.items()),
    unit=lambda word: word.lower() in booth_lists.UNIT_OF,
)
FIELDS = tuple(_NAMES)


def read_table(content: bytes) -> UploadedTable:
    """The list of booths in a file. Raises UnreadableTable."""
    return tables.read(content, COLUMNS.known)


def ready() -> None:
    """Read once, before there is a stranger's file, so that everything is loaded."""
    tables.ready()
    read_table(b"stand,x,y\nA1,1,2\n")
