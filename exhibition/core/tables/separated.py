"""CSV and TSV text as records, with any separator; a quotation mark that is never closed spoils only its own row."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 20
"""How many lines are read to judge how evenly a separator occurs."""
LONGEST_LINE = 100_000
"""How many characters of a broken line are kept."""

Record = tuple[list[str], bool]
"""The cells, and whether the record has a quotation mark that is never closed."""


def lines(text: str) -> list[str]:
    """The lines, each ending in a line feed, whatever line ending the text has."""
    text = text.replace("\0", "").replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    found = [line.rstrip("\r") + "\n" for line in text.split("\n")]
    while found and found[-1] == "\n":
        found.pop()
    return found


def separators(found: Sequence[str]) -> list[str]:
    """The possible separators, the one that occurs most evenly first; after a first line ``sep=;`` only that one."""
    first = found[0].strip().casefold() if found else ""
    if first.startswith("sep=") and (told := first[4:5]) in SEPARATORS:
        return [told]
    looked_at = [line for line in found[:LOOKED_AT] if line.strip()]

    def evenness(separator: str) -> tuple[int, int]:
        widths = Counter(line.count(separator) for line in looked_at if separator in line)
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        return times, width

    return sorted(SEPARATORS, key=evenness, reverse=True)


def records(found: Sequence[str], separator: str) -> Iterator[Record]:
    """The records in order.

    A quotation mark that is never closed would swallow the rest of the file: its line is taken as it stands, and
    reading goes on below it.
    """
    start = 0
    while start < len(found):
        rest = found[start:]
        reader = csv.reader(rest, delimiter=separator)
        taken = 0
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                break
            record = rest[taken : reader.line_num]
            if reader.line_num >= len(rest) and _is_unclosed(record, separator):
                break
            taken = reader.line_num
            yield row, False
        line = rest[taken].rstrip("\r\n")
        yield [cell.strip('"') for cell in line[:LONGEST_LINE].split(separator)], True
        start += taken + 1


def _is_unclosed(record: Sequence[str], separator: str) -> bool:
    """Whether the last record of a text ends inside quotation marks; on a single line the mark may mean inches."""
    if "".join(record).count('"') % 2 == 0:
        return False
    try:
        list(csv.reader(record, delimiter=separator, strict=True))
    except csv.Error as error:
        return len(record) > 1 or "unexpected end" in str(error)
    return len(record) > 1
