"""Compute a published selection again: ``python docs/recompute_selection.py FILE`` (or - for standard input).

The file is the one behind *Download the file* on the page of a fair's selection; docs/selection.md describes it. This
needs nothing but Python 3.9 or newer, and shares no code with the application. Exit code 0: everything agrees; 1: what
does not agree is named; 2: the file cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def compared(name: str) -> str:
    """A district's name as it is compared: without regard to case and spaces."""
    return "".join(name.casefold().split())


def points(rules: dict[str, Any], entry: dict[str, Any]) -> int:
    """The points of an application by the published rules."""
    districts = {compared(name): worth for name, worth in rules["districts"].items()}
    own = compared(entry["district"])
    return (
        rules["kinds"].get(entry["kind"], 0)
        + (rules["attended"] if entry["attended"] else rules["first_time"])
        + (districts.get(own, districts.get("*", 0)) if own else 0)
        + (rules["cluster"] if entry["in_cluster"] else 0)
    )


def differences(document: dict[str, Any]) -> Iterator[str]:
    """What in the document does not follow from its own rules, seed and facts."""
    if document["format"] != "exhibition-selection-1":
        yield f"The format {document['format']!r} is not known."
        return
    lottery, entries = document["lottery"], document["applications"]
    if sha256(lottery["seed"]) != lottery["seed_sha256"]:
        yield "The seed is not the one whose SHA-256 was published before the draw."
    twice = [name for name, count in Counter(entry["reference"] for entry in entries).items() if count > 1]
    if twice:
        yield f"Applications are listed twice: {', '.join(twice)}."
    districts = {compared(name) for name in document["quotas"]["districts"]}
    for entry in entries:
        if entry["local"] != (compared(entry["district"]) in districts):
            yield f"{entry['reference']}: local does not follow from the districts of the regency."
    computed = {entry["reference"]: points(document["rules"], entry) for entry in entries}
    lots = {reference: sha256(f"{lottery['seed']}:{reference}") for reference in computed}
    order = sorted(computed, key=lambda reference: (-computed[reference], lots[reference]))
    ranks = {reference: place for place, reference in enumerate(order, start=1)}
    for entry in entries:
        reference = entry["reference"]
        for name, right in (("points", computed), ("lot", lots), ("rank", ranks)):
            if entry[name] != right[reference]:
                yield f"{reference}: {name} should be {right[reference]}, but is {entry[name]}."


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        text = sys.stdin.read() if arguments[0] == "-" else Path(arguments[0]).read_text(encoding="utf-8")
        document = json.loads(text)
        found = list(differences(document))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"The file cannot be read: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for difference in found:
        print(difference)
    if found:
        return 1
    placed = [entry for entry in document["applications"] if entry["outcome"] == "booth"]
    applied = len(document["applications"])
    print(f"{applied} applications, {len(placed)} of them with a booth: points, lots and order agree.")
    newcomers, local = (sum(entry[name] for entry in placed) for name in ("newcomer", "local"))
    most = max(Counter(compared(entry["product_group"]) for entry in placed).values(), default=0)
    print(f"With a booth: {local} from the regency, {newcomers} newcomers, at most {most} of one product group.")
    print(f"Quotas, in per cent of the booths: {json.dumps(document['quotas']['shares'])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
