"""Sentences of the checklist: what is there, what is missing, and what follows from that; and of a fair's states."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from exhibition.editions.rules import checklist
from exhibition.editions.rules.checklist import Need, Readiness
from exhibition.venue.rules.edition_states import EditionState

TITLES = {
    Need.PLACE: _l("Venue"),
    Need.CONTACT: _l("Contact"),
    Need.HALL: _l("Hall"),
    Need.LAYOUT: _l("Open booths"),
    Need.SESSIONS: _l("Sessions"),
    Need.CAP: _l("People inside"),
    Need.GATES: _l("Gates"),
    Need.PHONES: _l("Phones at the gates"),
    Need.TEAM: _l("Team"),
    Need.EXHIBITORS: _l("Exhibitors"),
}
PAGES: dict[Need, list[tuple[str, Any]]] = {
    Need.PLACE: [("venue.edit", _l("Write it down"))],
    Need.CONTACT: [("preparation.reach", _l("Write it down"))],
    Need.HALL: [
        ("hall_grid.show", _l("Draw it by rows")),
        ("hall_import.start", _l("Import a plan")),
        ("hall.editor", _l("Open the editor")),
    ],
    Need.LAYOUT: [("layouts.show", _l("Let the spacing planner choose"))],
    Need.SESSIONS: [
        ("sessions.generate", _l("Make sessions for whole days")),
        ("sessions.show", _l("Add single ones")),
    ],
    Need.CAP: [("caps.show", _l("Set the cap"))],
    Need.GATES: [("gate.desk", _l("Add gates"))],
    Need.PHONES: [("gate.desk", _l("Make an enrolment code"))],
    Need.TEAM: [("team.show", _l("Invite somebody"))],
    Need.EXHIBITORS: [
        ("applications_desk.rules", _l("Call for applications")),
        ("allocation.plan", _l("Give out booths")),
    ],
}
"""The pages where each need is met."""


@dataclass(frozen=True)
class ChecklistLine:
    """A line of the checklist, as it is read."""

    need: Need
    title: Any
    ready: bool
    essential: bool
    sentence: str
    pages: list[tuple[str, Any]]


def steps(found: Readiness) -> list[ChecklistLine]:
    """The whole checklist."""
    there, missing = _there(found), _missing(found)
    return [
        ChecklistLine(
            point.need,
            TITLES[point.need],
            point.ready,
            point.essential,
            there[point.need] if point.ready else missing[point.need],
            PAGES[point.need],
        )
        for point in checklist.points(found)
    ]


def _there(found: Readiness) -> dict[Need, str]:
    """What is said of each need that is met."""
    sessions = ngettext("%(num)s session takes people", "%(num)s sessions take people", found.sessions)
    exhibitors = ngettext(
        "%(num)s exhibitor has a confirmed booth.", "%(num)s exhibitors have a confirmed booth.", found.exhibitors
    )
    waiting = _("Applications for a booth are open; nobody has a confirmed booth yet.")
    return {
        Need.PLACE: _("Visitors read where it is."),
        Need.CONTACT: _("Visitors and exhibitors can reach the organizer."),
        Need.HALL: ngettext("%(num)s booth is drawn.", "%(num)s booths are drawn.", found.booths),
        Need.LAYOUT: ngettext("%(num)s booth is open.", "%(num)s booths are open.", found.open_booths),
        Need.SESSIONS: _("%(count)s, with %(places)s places.", count=sessions, places=found.places),
        Need.CAP: ngettext(
            "%(num)s person may be inside at once.", "%(num)s people may be inside at once.", found.inside_cap
        ),
        Need.GATES: ngettext("%(num)s gate.", "%(num)s gates.", found.gates),
        Need.PHONES: _("Every gate has one."),
        Need.TEAM: ngettext("%(num)s person works here.", "%(num)s people work here.", found.team),
        Need.EXHIBITORS: exhibitors if found.exhibitors else waiting,
    }


def _missing(found: Readiness) -> dict[Need, str]:
    """What follows from each need that is not met."""
    cap = _("Nobody may be inside: the gates refuse everybody.")
    if found.inside_cap:
        cap = _(
            "Fewer people may be inside (%(cap)s) than one session holds (%(people)s): some wait at the gate.",
            cap=found.inside_cap,
            people=found.largest_session,
        )
    phones = _("No gate has a phone yet: nobody can be let in.")
    if 0 < len(found.gates_without_phone) < found.gates:
        without = ", ".join(found.gates_without_phone)
        phones = _("No phone at gate %(gates)s yet: nobody can be let in there.", gates=without)
    return {
        Need.PLACE: _("Venue or address is missing: visitors do not know where to go."),
        Need.CONTACT: _("No e-mail address, phone or WhatsApp: nobody knows who to ask."),
        Need.HALL: _("No booth is drawn yet: none can be given out."),
        Need.LAYOUT: _("No booth is open: the plan that visitors see is empty."),
        Need.SESSIONS: _("No session takes people: nobody can register."),
        Need.CAP: cap,
        Need.GATES: _("There is no gate: nobody can be let in."),
        Need.PHONES: phones,
        Need.TEAM: _("You are alone: when you are away, nobody runs the desk."),
        Need.EXHIBITORS: _("Nobody has a booth, and applications are closed: the hall stays empty."),
    }


ACTS: dict[EditionState, Any] = {
    EditionState.PUBLISHED: _l("Publish"),
    EditionState.POSTPONED: _l("Postpone"),
    EditionState.CALLED_OFF: _l("Call off"),
    EditionState.ARCHIVED: _l("Archive"),
}
CONSEQUENCES: dict[EditionState, Any] = {
    EditionState.PUBLISHED: _l("Visitors see the fair at once, and can register for its sessions."),
    EditionState.POSTPONED: _l(
        "It does not take place on these days: nobody can register or is let in."
        " Visitors and exhibitors who gave an e-mail address are told."
    ),
    EditionState.CALLED_OFF: _l(
        "It does not take place: nobody can register or is let in."
        " Visitors and exhibitors who gave an e-mail address are told."
    ),
    EditionState.ARCHIVED: _l(
        "The fair is closed: nothing in it changes any more."
        " Its exhibitors and products can still be looked at under its own address."
    ),
}
"""What follows from taking the step to each state; all can be taken back by publishing again."""
