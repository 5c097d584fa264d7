"""How an exhibitor's name is broken into lines on the plan, as plain functions of names and metres."""

CODE_LINE_M = 0.7
"""The part of a booth's depth that its code takes, in metres."""
LINE_M = 0.38
CHARACTER_M = 0.162
"""The width of an average character of a name on the plan, in metres."""
MARGIN_M = 0.1
ELLIPSIS = "…"
SHORT = {
    "Kementerian": "Kem.",
    "Pemerintah": "Pem.",
    "Kabupaten": "Kab.",
    "Provinsi": "Prov.",
    "Kecamatan": "Kec.",
    "Koperasi": "Kop.",
    "Kelompok": "Kel.",
    "Perkumpulan": "Perk.",
    "Cooperative": "Coop.",
}
"""Usual abbreviations, the same as in ``static/js/allocation/names.js``."""


def shortened(name: str) -> str:
    """The name with the usual abbreviations, for a booth on which it has no room."""
    return " ".join(SHORT.get(word, word) for word in name.split())


def _cut(word: str, length: int) -> str:
    return word if len(word) <= length else word[: max(length - 1, 1)].rstrip() + ELLIPSIS


def label_lines(name: str, width: float, depth: float) -> list[str]:
    """The lines of an exhibitor's name that fit under the code of a booth of this size, in metres.

    Lines break between words; text that does not fit ends in an ellipsis. A booth too small for one line gets none.
    """
    length = int((width - 2 * MARGIN_M) / CHARACTER_M)
    room = int((depth - CODE_LINE_M) / LINE_M)
    if length < 1 or room < 1:
        return []
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= length:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    shown = [_cut(line, length) for line in lines[:room]]
    if len(lines) > room and not shown[-1].endswith(ELLIPSIS):
        last = shown[-1]
        shown[-1] = (last if len(last) < length else last[: length - 1].rstrip()) + ELLIPSIS
    return shown
