"""How the plan is labelled, as plain functions of names and metres, and what supervisors may be allowed to overrule."""

OVERRIDABLE = ("too_early", "too_late", "slot_closed", "venue_full", "protocol_refused")
"""Reasons of a refused entry that an edition may let supervisors overrule; the others would break a counter or are
forged."""
RETENTION_DAYS = 30
"""How long after an edition's last day names and addresses are kept unless the edition says otherwise."""

LARGEST_STAFF = 20
"""More badges than this no edition gives to a booth."""

CODE_LINE_M = 0.7
"""What the booth's code takes of its depth."""
LINE_M = 0.38
CHARACTER_M = 0.162
"""The advance of an average character of the name's type size on the plan."""
MARGIN_M = 0.1
ELLIPSIS = "…"


def suggested_cap(usable_m2: float, each_m2: float) -> int:
    """How many people fit when each is to have so many square metres; rounded down."""
    return int(usable_m2 / each_m2 + 1e-9)  # 4.2 / 0.6 is a hair below 7


def _cut(word: str, length: int) -> str:
    return word if len(word) <= length else word[: max(length - 1, 1)].rstrip() + ELLIPSIS


def label_lines(name: str, width: float, depth: float) -> list[str]:
    """The lines of an exhibitor's name that fit under the code of a booth of this size, in metres.

    Breaks between words; what does not fit ends in an ellipsis. A booth with no room for a line gives no line.
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
