"""The states of an edition, the steps between them, and which edition is meant when nobody names one."""

import enum
from datetime import date


class EditionState(enum.StrEnum):
    """What organizers have decided about an edition. Running and over are no states: they follow from the dates."""

    DRAFT = "draft"
    """In preparation: only organizers see it."""
    PUBLISHED = "published"
    ARCHIVED = "archived"
    """Closed and read-only; its exhibitors and listings stay to be seen."""
    POSTPONED = "postponed"
    """Does not take place on its dates; new ones are to come."""
    CALLED_OFF = "called_off"


STEPS: dict[EditionState, frozenset[EditionState]] = {
    EditionState.DRAFT: frozenset({EditionState.PUBLISHED}),
    EditionState.PUBLISHED: frozenset({EditionState.ARCHIVED, EditionState.POSTPONED, EditionState.CALLED_OFF}),
    EditionState.POSTPONED: frozenset({EditionState.PUBLISHED, EditionState.CALLED_OFF}),
    EditionState.CALLED_OFF: frozenset({EditionState.PUBLISHED, EditionState.ARCHIVED}),
    EditionState.ARCHIVED: frozenset({EditionState.PUBLISHED}),
}
"""Where each state may go. Nothing becomes a draft again: visitors have seen it and may have passes.

Called off and archived lead back to published, because either may have been a mistake. What is postponed is published
anew or called off before it is archived, so that the archive never holds a fair whose visitors still wait.
"""


ANNOUNCED = frozenset({EditionState.PUBLISHED, EditionState.POSTPONED, EditionState.CALLED_OFF})
"""What visitors are told of: also a fair that does not take place as they were told."""


class StateNews(enum.StrEnum):
    """What people who know of a fair are told when its state changes."""

    CALLED_OFF = "called_off"
    POSTPONED = "postponed"
    TAKES_PLACE = "takes_place"
    """After all: it was called off or postponed by mistake, or has new days."""


TRUE_IN = {
    StateNews.CALLED_OFF: EditionState.CALLED_OFF,
    StateNews.POSTPONED: EditionState.POSTPONED,
    StateNews.TAKES_PLACE: EditionState.PUBLISHED,
}
"""The state in which the news is true."""


def state_news(before: EditionState, after: EditionState) -> StateNews | None:
    """What a step is to those who have a pass, a booth or an application; a draft or an archived fair keeps nobody
    waiting.
    """
    if before not in ANNOUNCED:
        return None
    return next((news for news, state in TRUE_IN.items() if state is after), None)


STANDS_STILL = frozenset({EditionState.POSTPONED, EditionState.CALLED_OFF, EditionState.ARCHIVED})
"""Nobody is let in and nobody registers, whatever its sessions say."""


def told(state: EditionState, *, was_called_off: bool) -> EditionState:
    """The state as visitors know it: to them a fair that was called off stays so in the archive."""
    return EditionState.CALLED_OFF if was_called_off else state


class EditionPhase(enum.StrEnum):
    """What an edition is on a day."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    RUNNING = "running"
    """From its first day to its last, at night too."""
    OVER = "over"
    ARCHIVED = "archived"
    POSTPONED = "postponed"
    CALLED_OFF = "called_off"


def phase(state: EditionState, first_day: date, last_day: date, today: date) -> EditionPhase:
    """What the edition is to visitors ``today``, a day in its own time zone; ``state`` is the one they know."""
    if state is not EditionState.PUBLISHED:
        return EditionPhase(state.value)
    if today < first_day:
        return EditionPhase.UPCOMING
    return EditionPhase.RUNNING if today <= last_day else EditionPhase.OVER


def rescheduled_from(told: date | None, before: date, after: date) -> date | None:
    """The first day that visitors were told of at first, when the fair now begins on another; None: as it was told.

    ``told`` is what this function said before the present change.
    """
    first = told or before
    return None if after == first else first


def over(state: EditionState, last_day: date, today: date) -> bool:
    """Whether nothing is to come any more. A postponed edition waits for new days, whatever its old ones were."""
    return state is not EditionState.POSTPONED and today > last_day


def nearness(state: EditionState, first_day: date, last_day: date, today: date) -> tuple[int, int, int]:
    """How far an edition is from what is meant ``today``, for ordering; the nearest is the smallest.

    What visitors are told of comes first, then drafts, then archived ones; within these one that runs, then those to
    come, then those that are over, and of these the nearer first.
    """
    rank = 0 if state in ANNOUNCED else 1 if state is EditionState.DRAFT else 2
    if today < first_day:
        return rank, 1, (first_day - today).days
    if today > last_day:
        return rank, 2, (today - last_day).days
    return rank, 0, (today - first_day).days
