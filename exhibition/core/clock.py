"""The only place that reads the time. Rules never do: they take ``now`` as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
