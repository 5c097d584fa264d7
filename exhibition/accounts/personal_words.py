"""Which words of an audit entry are about people, as plain functions: they are kept apart and erased with them."""

from collections.abc import Mapping
from typing import Any

DEVICE = "device"
OF_PEOPLE = frozenset({"application", "import", "invitation", "user", DEVICE})
"""Objects whose name is that of a person or may contain one. Names of exhibitors are public, a visitor's pass is named
by its reference.
"""
ABOUT_PEOPLE = frozenset({"email", "phone", "contact_name", "note", "reason", "added", "removed", "done_by", "network"})
"""Facts that are personal whatever the object: ways to reach somebody, remarks, names of files, where somebody was."""
OF_PEOPLE_ONLY = frozenset({"name"})
"""Facts that are personal where the object is a person."""


def names_people(object_type: str) -> bool:
    """Whether the name of such an object may be that of a person."""
    return object_type in OF_PEOPLE


def split(object_type: str, facts: Mapping[str, Any] | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The facts that stay in the trail, and those about people (None: there are none)."""
    if facts is None:
        return None, None
    apart = ABOUT_PEOPLE | OF_PEOPLE_ONLY if names_people(object_type) else ABOUT_PEOPLE
    personal = {name: value for name, value in facts.items() if name in apart}
    kept = {name: value for name, value in facts.items() if name not in apart}
    return kept, personal or None
