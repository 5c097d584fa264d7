"""Texts for the states and steps of applications."""

from exhibition.core.i18n import lazy as _l
from exhibition.exhibitors.applications.duplicates import Likeness
from exhibition.exhibitors.rules.application_steps import ApplicationState, Ground, Step

STATES = {
    ApplicationState.DRAFT: _l("Draft"),
    ApplicationState.SUBMITTED: _l("Submitted"),
    ApplicationState.SHORTLISTED: _l("Shortlisted"),
    ApplicationState.WAITLISTED: _l("Waiting list"),
    ApplicationState.REJECTED: _l("Rejected"),
    ApplicationState.OFFERED: _l("Booth offered"),
    ApplicationState.ACCEPTED: _l("Booth accepted"),
    ApplicationState.CONFIRMED: _l("Booth confirmed"),
    ApplicationState.WITHDRAWN: _l("Withdrawn"),
    ApplicationState.DECLINED: _l("Booth declined"),
    ApplicationState.CANCELLED: _l("Cancelled"),
}
MEANINGS = {
    ApplicationState.DRAFT: _l("Your application is saved but not sent yet. Go on whenever you like, then send it."),
    ApplicationState.SUBMITTED: _l(
        "We have your application. The organizers look at all of them and tell you here. You can still change it."
    ),
    ApplicationState.SHORTLISTED: _l(
        "You are on the shortlist. A booth is being looked for; please wait for the offer."
    ),
    ApplicationState.WAITLISTED: _l("You are on the waiting list. You get an offer when a booth becomes free."),
    ApplicationState.REJECTED: _l("We are sorry: this time there is no booth for you."),
    ApplicationState.OFFERED: _l("A booth is offered to you. Please answer before the time is over."),
    ApplicationState.ACCEPTED: _l(
        "You have accepted the booth, and it is kept for you. The organizers confirm it soon."
    ),
    ApplicationState.CONFIRMED: _l("Your booth is confirmed. We look forward to you."),
    ApplicationState.WITHDRAWN: _l("You have withdrawn your application."),
    ApplicationState.DECLINED: _l("You have declined the booth, and it goes to somebody else."),
    ApplicationState.CANCELLED: _l("You do not have the booth any more. Ask the organizers what is possible."),
}
TAGS = {
    ApplicationState.DRAFT: "",
    ApplicationState.SUBMITTED: "accent",
    ApplicationState.SHORTLISTED: "good",
    ApplicationState.WAITLISTED: "warn",
    ApplicationState.REJECTED: "bad",
    ApplicationState.OFFERED: "accent",
    ApplicationState.ACCEPTED: "good",
    ApplicationState.CONFIRMED: "good",
    ApplicationState.WITHDRAWN: "",
    ApplicationState.DECLINED: "",
    ApplicationState.CANCELLED: "bad",
}
"""The style of each state's tag."""
LACKING = {
    "entries": _l("Needed entries"),
    "email": _l("E-mail"),
    "nib": _l("NIB"),
    "pirt": _l("P-IRT"),
    "halal": _l("Halal"),
    "files": _l("Files"),
}
"""What an application may lack, by the names in ``desk.LACKING``."""
STEPS = {
    Step.SUBMIT: _l("Hand in"),
    Step.SHORTLIST: _l("Shortlist"),
    Step.WAITLIST: _l("To the waiting list"),
    Step.REJECT: _l("Reject"),
    Step.CONFIRM: _l("Confirm the booth"),
    Step.REOPEN: _l("Open again"),
}
"""Labels of the buttons for an organizer's steps."""
ACTIONS = {
    "begin": _l("Begun"),
    "invite": _l("Invited to apply again"),
    "invited_by_phone": _l("Invitation sent by WhatsApp"),
    "not_invited_by_phone": _l("Invitation not sent yet"),
    "edit": _l("Changed"),
    "document": _l("Files changed"),
    "link": _l("Linked to an exhibitor"),
    "import": _l("Imported from a list"),
}
GROUNDS = {
    Ground.KIND: _l("Kind of exhibitor"),
    Ground.FIRST_TIME: _l("First time at the fair"),
    Ground.ATTENDED: _l("Was at the fair before"),
    Ground.DISTRICT: _l("District"),
    Ground.CLUSTER: _l("Member of a cluster"),
}
LIKENESSES = {
    Likeness.PHONE: _l("same phone"),
    Likeness.EMAIL: _l("same e-mail"),
    Likeness.NIB: _l("same NIB"),
    Likeness.NAME: _l("same name"),
}
