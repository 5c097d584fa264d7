"""The words shops use for availability, in the languages of the fair and of its neighbours."""

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


def parse(text: str) -> StatedAvailability | None:
    """The availability that a word, a schema.org address or a number of pieces means; None if not understood."""
    words = unicodedata.normalize("NFKC", text[:LONGEST]).strip().casefold()
    if not words or words == "-":
        return StatedAvailability.UNKNOWN
    if found := re.fullmatch(r"(-?\d+)(?:[.,]0+)?(?: *(?:pcs|buah|pc|unit|stok))?", words):
        return StatedAvailability.IN_STOCK if int(found[1]) > 0 else StatedAvailability.OUT_OF_STOCK
    last = re.split(r"[/#:]", words.rstrip("/"))[-1] if "://" in words or "schema" in words else words
    return _MEANING.get(re.sub(r"[\W_]", "", last))
