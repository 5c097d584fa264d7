"""The versions of the privacy notice: a consent keeps which one was shown, and in which language."""

from datetime import date

VERSIONS = {
    date(2026, 11, 1): "The first notice: what is kept of visitors, why, for how long, who sees it.",
    date(2026, 11, 30): (
        "Correcting, copying and erasing by oneself on the pass page; asking for a lost link; waiting lists and groups."
    ),
    date(2026, 11, 29): "Who is responsible and how to reach them, and the rights of UU 27/2022 by name.",
}
"""What changed, by the day from which it is shown. Whoever alters what people agree to at ``/privasi`` adds a day.
"""
LATEST = max(VERSIONS)


def shown(language: str) -> str:
    """What a consent keeps: the version and language of the notice that was shown."""
    return f"{LATEST.isoformat()} {language}"
