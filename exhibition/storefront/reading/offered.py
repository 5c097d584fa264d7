"""Whether a shop offers a product at all: its exports also hold drafts, private, archived and hidden ones."""

import re
import unicodedata

_WITHHELD = frozenset(
    re.findall(
        r"\w+",
        """draft draf konsep private privat pribadi trash trashed sampah archived archive arsip diarsipkan hidden
    disembunyikan tersembunyi inactive notactive nonaktif tidakaktif takaktif dinonaktifkan disabled unpublished
    notpublished belumterbit tidakterbit tidakditerbitkan tidakdipublikasikan tidaktayang tidakditampilkan tidaktampil
    tidakdijual takdijual belumdijual notforsale notsold unlisted delisted deleted dihapus pending pendingreview future
    scheduled staging suspended banned diblokir blocked offline""",
    )
)
_NO = frozenset({"0", "-1", "false", "no", "n", "tidak", "t", "f", "off", "bukan", "belum"})
LONGEST = 100


def says_withheld(state: str) -> bool:
    """Whether a word for a product's state means that nobody can buy it: ``draft``, ``Non-aktif``, ``tidak dijual``."""
    plain = unicodedata.normalize("NFKC", state[:LONGEST]).casefold()
    return re.sub(r"[\W_]", "", plain) in _WITHHELD


def says_no(answer: str) -> bool:
    """Whether the answer of a column such as ``published`` or ``aktif`` is no; an empty one says nothing."""
    plain = unicodedata.normalize("NFKC", answer[:LONGEST]).strip().casefold()
    return re.sub(r"(?<=\d)[.,]0+$", "", plain) in _NO or says_withheld(plain)
