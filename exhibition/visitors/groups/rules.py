"""What a group's list says: who comes, in how many people; a function of values."""

import enum
import re
from dataclasses import dataclass

from exhibition.visitors.rules import name_fault, tidy

MOST_LINES = 100
LARGEST_PARTY = 10
COUNT = re.compile(r"^(?P<name>.*?)\s*[,;\t]\s*(?P<people>\d{1,4})\s*$")
"""The number of people after the name, parted by a comma, a semicolon or, from a spreadsheet, a tab."""


class ListFault(enum.StrEnum):
    EMPTY = "empty"
    TOO_MANY = "too_many"
    NAME = "name"
    PEOPLE = "people"


@dataclass(frozen=True)
class ListedParty:
    """One strip: a name and how many people come on it."""

    name: str
    people: int


@dataclass(frozen=True)
class FaultyLine:
    """What is wrong with a line of the list; ``number`` counts from 1, 0 stands for the list as a whole."""

    fault: ListFault
    number: int = 0


def read(text: str) -> list[ListedParty] | FaultyLine:
    """The parties of a list with one name a line, or what is wrong with its first faulty line.

    A number after the name says how many people come; without one it is one. Empty lines are left out.
    """
    parties: list[ListedParty] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        counted = COUNT.match(line)
        name = tidy((counted["name"] if counted else line).replace("\t", " "))
        people = int(counted["people"]) if counted else 1
        if name_fault(name) is not None:
            return FaultyLine(ListFault.NAME, number)
        if not 1 <= people <= LARGEST_PARTY:
            return FaultyLine(ListFault.PEOPLE, number)
        parties.append(ListedParty(name, people))
    if not parties:
        return FaultyLine(ListFault.EMPTY)
    return parties if len(parties) <= MOST_LINES else FaultyLine(ListFault.TOO_MANY)


def numbered(group: str, first: int, count: int) -> list[ListedParty]:
    """So many parties of one without names of their own, told apart by their number in the group."""
    return [ListedParty(f"{group} {number}", 1) for number in range(first, first + count)]
