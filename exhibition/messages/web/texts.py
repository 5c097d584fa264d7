"""Words for audiences, states and placeholders on the desk's pages."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.core.i18n import clock_time, long_date, short_date
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.applications import answers
from exhibition.exhibitors.applications.texts import STATES as APPLICATION_STATES
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.messages.rules.audiences import Audience, BoothStanding, Lacking
from exhibition.messages.rules.placeholders import Placeholder, ReaderGroup
from exhibition.messages.rules.server_answers import RefusalReason
from exhibition.messages.rules.states import MessageState, RecipientState
from exhibition.venue import service as venue
from exhibition.venue.edition.mail_texts import MailReaders
from exhibition.venue.models import Exhibition
from exhibition.visitors import slots
from exhibition.visitors.slots import Slot

GROUPS: dict[ReaderGroup, Any] = {
    ReaderGroup.VISITORS: _l("Visitors with a valid pass"),
    ReaderGroup.EXHIBITORS: _l("Exhibitors"),
}
MAIL_READERS: dict[MailReaders, Any] = {
    MailReaders.VISITORS: _l("To visitors"),
    MailReaders.EXHIBITORS: _l("To exhibitors"),
    MailReaders.APPLICANTS: _l("To applicants"),
}
LANGUAGES: dict[str, Any] = {"id": _l("Indonesian"), "en": _l("English")}
MESSAGE_STATES: dict[MessageState, Any] = {
    MessageState.DRAFT: _l("Draft"),
    MessageState.SCHEDULED: _l("Scheduled"),
    MessageState.SENDING: _l("Being sent"),
    MessageState.PAUSED: _l("Paused"),
    MessageState.SENT: _l("Sent"),
    MessageState.STOPPED: _l("Stopped"),
}
MESSAGE_TAGS = {
    MessageState.SCHEDULED: "accent",
    MessageState.SENDING: "accent",
    MessageState.PAUSED: "warn",
    MessageState.SENT: "good",
    MessageState.STOPPED: "bad",
}
OUTCOMES: dict[RecipientState, Any] = {
    RecipientState.WAITING: _l("Waiting"),
    RecipientState.POSTED: _l("On its way"),
    RecipientState.SENT: _l("Sent"),
    RecipientState.FAILED: _l("Refused by the mail server"),
    RecipientState.DROPPED: _l("Did not concern them any more"),
    RecipientState.SAME: _l("Same text to the same address"),
    RecipientState.OPEN: _l("By phone: to be sent"),
    RecipientState.TICKED: _l("By phone: ticked off"),
    RecipientState.UNREACHABLE: _l("Cannot be reached"),
    RecipientState.WITHHELD: _l("Not sent: stopped"),
}
OUTCOME_TAGS = {
    RecipientState.SENT: "good",
    RecipientState.TICKED: "good",
    RecipientState.FAILED: "bad",
    RecipientState.UNREACHABLE: "bad",
    RecipientState.OPEN: "warn",
}
REASONS: dict[RefusalReason, Any] = {
    RefusalReason.NO_MAILBOX: _l("There is no such mailbox: probably a typing mistake before the @."),
    RefusalReason.NO_DOMAIN: _l("What stands after the @ takes no mail: probably a typing mistake there."),
    RefusalReason.CLOSED: _l("The mailbox is closed."),
    RefusalReason.FULL: _l("The mailbox is full."),
    RefusalReason.NOT_ACCEPTED: _l("The receiving server does not accept our mail; the address may be right."),
    RefusalReason.OTHER: _l("The receiving server refused it for good."),
}
STANDINGS: dict[BoothStanding, Any] = {
    BoothStanding.ALL: _l("Everybody, also without a booth or an open application"),
    BoothStanding.KNOWN: _l("Have a booth or an offer"),
    BoothStanding.OFFERED: _l("Have an offer"),
    BoothStanding.CONFIRMED: _l("Have a confirmed booth"),
}
LACKINGS: dict[Lacking, Any] = {
    Lacking.SHOP: _l("No link to their shop"),
    Lacking.PRODUCTS: _l("No products on their page"),
    Lacking.ANSWER: _l("No answer to their offer"),
    Lacking.TAKINGS: _l("Takings of the day not told"),
}
PLACEHOLDERS: dict[tuple[ReaderGroup, Placeholder] | Placeholder, Any] = {
    Placeholder.NAME: _l("the reader's name"),
    Placeholder.FAIR: _l("the fair's name"),
    Placeholder.VENUE: _l("the place"),
    (ReaderGroup.VISITORS, Placeholder.DAY): _l("the day of their visit"),
    (ReaderGroup.VISITORS, Placeholder.TIME): _l("the hours of their session"),
    (ReaderGroup.VISITORS, Placeholder.PEOPLE): _l("how many people come"),
    (ReaderGroup.VISITORS, Placeholder.LINK): _l("the address of their pass"),
    (ReaderGroup.EXHIBITORS, Placeholder.EXHIBITOR): _l("the exhibitor's name"),
    (ReaderGroup.EXHIBITORS, Placeholder.BOOTH): _l("their booth"),
    (ReaderGroup.EXHIBITORS, Placeholder.DAY): _l("the first day of the fair"),
    (ReaderGroup.EXHIBITORS, Placeholder.TIME): _l("the opening hours of that day"),
    (ReaderGroup.EXHIBITORS, Placeholder.LINK): _l("the address of their own page"),
}


def meaning(group: ReaderGroup, placeholder: Placeholder) -> str:
    """What a placeholder stands for in messages to a group."""
    return str(PLACEHOLDERS.get(placeholder) or PLACEHOLDERS[group, placeholder])


def hours(session: Slot) -> str:
    """A session's start and end, in the edition's time zone."""
    return f"{clock_time(session.starts_at)}\N{EN DASH}{clock_time(session.ends_at)}"


def standing(chosen: BoothStanding | ApplicationState) -> str:
    """A standing in words."""
    if isinstance(chosen, BoothStanding):
        return str(STANDINGS[chosen])
    return _("Application: %(state)s", state=APPLICATION_STATES[chosen])


class AudienceWords:
    """Says audiences of one edition in words; what they name is read once for a whole page."""

    def __init__(self, exhibition: Exhibition) -> None:
        self.sessions: Sequence[Slot] = slots.of_edition(exhibition.id)
        self.zones = answers.zones(exhibition)
        self.clusters = exhibitors.clusters()
        self.days = venue.days(exhibition)

    def of(self, audience: Audience) -> str:
        """The audience as one line."""
        return " · ".join(self._parts(audience))

    def _parts(self, audience: Audience) -> list[str]:
        parts = [str(GROUPS[audience.group])]
        if audience.day is not None:
            parts.append(long_date(audience.day))
        if audience.session_id is not None:
            found = [one for one in self.sessions if one.id == audience.session_id]
            parts += [f"{short_date(one.starts_at)}, {hours(one)}" for one in found] or [_("a session that is gone")]
        if audience.not_arrived:
            parts.append(_("not arrived yet"))
        if audience.standing is not None:
            parts.append(standing(audience.standing))
        parts += [one.name for one in self.clusters if one.id == audience.cluster_id]
        parts += [one.name for one in self.zones if one.id == audience.zone_id]
        if audience.lacking is not None:
            parts.append(str(LACKINGS[audience.lacking]))
        return parts
