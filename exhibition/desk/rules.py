"""What somebody means by the words typed into the desk's search."""

import re
from dataclasses import dataclass

HOLD = re.compile(r"(?:hold|tahan)\s+(?P<code>\S+)(?:\s+(?:for|untuk)\s+(?P<name>.+))?", re.IGNORECASE)


@dataclass(frozen=True)
class HoldCommand:
    """That a booth be held: ``hold B10 for Keripik Bu Tini``. ``words`` say for whom; empty: nobody is named yet."""

    code: str
    words: str


def hold_command(words: str) -> HoldCommand | None:
    """The command that the words are, in English or Indonesian; None for anything else."""
    found = HOLD.fullmatch(" ".join(words.split()))
    return found and HoldCommand(found["code"].upper(), found["name"] or "")


def as_code(words: str) -> str:
    """The words as a reference or short code, however people set blanks, hyphens and small letters."""
    return "".join(words.split()).replace("-", "").upper()
