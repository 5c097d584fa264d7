"""The words shops use for availability, in the languages of the fair and of its neighbours, and for products that they
do not offer at all: their exports also hold drafts, private, archived and hidden ones.
"""

import re
import unicodedata

from exhibition.storefront.reading.listing import StatedAvailability

_WORDS = {
    StatedAvailability.IN_STOCK: """
        instock instoreonly onlineonly limitedavailability available availablefororder lowstock onstock
        tersedia ready readystock readystok ada stoktersedia stokada masihada yes ya y true
        enstock disponible lieferbar auflager متوفر вналичии cònhàng konhang 1""",
    StatedAvailability.OUT_OF_STOCK: """
        outofstock oos soldout discontinued habis stokhabis habisterjual kosong stokkosong
        tidaktersedia tidakada notavailable unavailable no tidak t false agotado épuisé rupturedestock ausverkauft
        نفدتالكمية غيرمتوفر нетвналичии hếthàng 0""",
    StatedAvailability.PREORDER: """preorder presale backorder onbackorder availableonorder madetoorder indent inden po
        bukapo vorbestellbar precommande""",
}
LONGEST = 100
_MEANING = {unicodedata.normalize("NFKC", word): meaning for meaning, words in _WORDS.items() for word in words.split()}

_WITHHELD = frozenset(
    re.findall(
        r"\w+",
        """draft draf konsep private privat pribadi trash trashed sampah archived archive arsip diarsipkan hidden
    disembunyikan tersembunyi inactive notactive nonaktif tidakaktif takaktif dinonaktifkan disabled unpublished
    notpublished belumterbit tidakterbit tidakditerbitkan tidakdipublikasikan tidaktayang tidakditampilkan tidaktampil
    tidakdijual takdijual belumdijual notforsale notsold unlisted delisted deleted dihapus pending pendingreview future
    scheduled staging suspended banned diblokir blocked offline belumtayang belumditayangkan belumaktif belumtampil
    belumdipublikasikan belumditerbitkan sudahtidakdijual tidakdijuallagi tidaklagidijual takditampilkan ditangguhkan
    ditolak rejected menunggumoderasi dalammoderasi dihentikan""",
    )
)
_NO = frozenset({"0", "-1", "false", "no", "n", "tidak", "t", "f", "off", "bukan", "belum"})


def parse(text: str) -> StatedAvailability | None:
    """The availability that a word, a schema.org address or a number of pieces means; None if not understood."""
    words = unicodedata.normalize("NFKC", text[:LONGEST]).strip().casefold()
    if not words or words == "-":
        return StatedAvailability.UNKNOWN
    if found := re.fullmatch(r"(-?\d+)(?:[.,]0+)?(?: *(?:pcs|buah|pc|unit|stok))?", words):
        return StatedAvailability.IN_STOCK if int(found[1]) > 0 else StatedAvailability.OUT_OF_STOCK
    last = re.split(r"[/#:]", words.rstrip("/"))[-1] if "://" in words or "schema" in words else words
    return _MEANING.get(re.sub(r"[\W_]", "", last))


def says_withheld(state: str) -> bool:
    """Whether a word for a product's state means that nobody can buy it: ``draft``, ``Non-aktif``, ``tidak dijual``."""
    plain = unicodedata.normalize("NFKC", state[:LONGEST]).casefold()
    return re.sub(r"[\W_]", "", plain) in _WITHHELD


def says_no(answer: str) -> bool:
    """Whether the answer of a column such as ``published`` or ``aktif`` is no; an empty one says nothing."""
    plain = unicodedata.normalize("NFKC", answer[:LONGEST]).strip().casefold()
    return re.sub(r"(?<=\d)[.,]0+$", "", plain) in _NO or says_withheld(plain)
