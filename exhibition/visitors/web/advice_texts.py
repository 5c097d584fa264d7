"""The first line of a pass, in the reader's language: for the page as it is sent, and for its script later on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.core.i18n import clock_time, long_date
from exhibition.venue import rounds
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionPhase
from exhibition.visitors.advice.pass_advice import Advice, Advised, AdvisedPass, Round, advise
from exhibition.visitors.models import SlotState
from exhibition.visitors.passes import viewing
from exhibition.visitors.registration.party import Issued

TEXTS = {
    Advice.CANCELLED: _l("This pass is cancelled; nobody is let in on it."),
    Advice.REVOKED: _l("The organizers have withdrawn this pass. Ask at the information desk."),
    Advice.CALLED_OFF: _l("The fair is called off. Please do not come."),
    Advice.POSTPONED: _l("The fair is postponed. Keep this pass; the new day will stand here."),
    Advice.FAIR_OVER: _l("The fair is over."),
    Advice.INSIDE: _l("You are in. Have a good time!"),
    Advice.LEFT: _l("All of you were let in, and have left."),
    Advice.OVER: _l("Your session is over; nobody is let in on this pass any more."),
    Advice.CLOSED: _l("Your session is closed; nobody is let in. Please choose another one."),
    Advice.COME: _l("Come on {day} at {time}."),
    Advice.MOVED: _l("Moved: come on {day} at {time}."),
    Advice.SPRAYED: _l("The hall is being sprayed until {time}. Please wait outside; then you are let in."),
    Advice.GO_IN: _l("Go in now, until {time}."),
    Advice.REST_GO_IN: _l("{admitted} of {party} are in. The others can go in now, until {time}."),
    Advice.GO_BACK: _l("All of you have left. You can come in again, until {time}."),
}
AT_GATES = {
    Advice.GO_IN: _l("Go in now at {gates}, until {time}."),
    Advice.REST_GO_IN: _l("{admitted} of {party} are in. The others can go in now at {gates}, until {time}."),
}
TODAY = {
    Advice.COME: _l("Come today at {time}."),
    Advice.MOVED: _l("Moved: come today at {time}."),
}
STANDS = frozenset({Advice.CANCELLED, Advice.REVOKED, Advice.CALLED_OFF, Advice.POSTPONED, Advice.FAIR_OVER})
"""These do not change by the clock, nor do others become one of them: the page is loaded anew when they change."""
TONES: dict[Advice, str] = dict.fromkeys((Advice.CANCELLED, Advice.REVOKED, Advice.CALLED_OFF), "bad")
TONES |= dict.fromkeys((Advice.POSTPONED, Advice.OVER, Advice.CLOSED, Advice.SPRAYED, Advice.MOVED), "warn")
TONES |= dict.fromkeys((Advice.GO_IN, Advice.REST_GO_IN, Advice.GO_BACK), "good")
"""How the line looks; all others look plain."""
FAIRS: Mapping[EditionPhase, Any] = {
    EditionPhase.CALLED_OFF: "called_off",
    EditionPhase.POSTPONED: "postponed",
    EditionPhase.OVER: "over",
    EditionPhase.ARCHIVED: "over",
}


def facts_of(issued: Issued, exhibition: Exhibition) -> AdvisedPass:
    """What the advice is worked out from."""
    slot = issued.slot
    return AdvisedPass(
        state=issued.state.value,
        fair=FAIRS.get(choice.phase(exhibition), "on"),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        closed=slot.state is SlotState.CLOSED,
        moved=issued.moved_at is not None,
        party_size=issued.party_size,
        admitted=issued.admitted,
        inside=issued.inside,
        early_minutes=exhibition.early_minutes,
        late_minutes=exhibition.late_minutes,
        rounds=[Round(one.starts_at, one.ends_at) for one in rounds.within(exhibition, slot.starts_at, slot.ends_at)],
        reentry=exhibition.reentry.value,
        left_at=issued.left_at,
    )


def _sentences(exhibition: Exhibition) -> dict[str, str]:
    """The sentence of each advice, with the gates in it; those of today end in ``_today``."""
    gates = [name for named in viewing.entrances for name in named(exhibition)]
    found = {advice.value: str(text) for advice, text in TEXTS.items()}
    if gates:
        listed = _(" or ").join(gates)
        found |= {advice.value: str(text).replace("{gates}", listed) for advice, text in AT_GATES.items()}
    return found | {f"{advice.value}_today": str(text) for advice, text in TODAY.items()}


def sentence(advised: Advised, facts: AdvisedPass, exhibition: Exhibition, now: datetime) -> str:
    """The advice as a sentence, at this moment."""
    texts, name = _sentences(exhibition), advised.advice.value
    if advised.at is None:
        return texts[name]
    zone = ZoneInfo(exhibition.timezone)
    if f"{name}_today" in texts and advised.at.astimezone(zone).date() == now.astimezone(zone).date():
        name = f"{name}_today"
    values = {"day": long_date(advised.at, exhibition.timezone), "time": clock_time(advised.at, exhibition.timezone)}
    values |= {"admitted": str(facts.admitted), "party": str(facts.party_size)}
    return texts[name].format_map(values)


def now_json(issued: Issued, exhibition: Exhibition, now: datetime) -> dict[str, Any]:
    """What the page's script asks for now and then: the facts, and by what it knows that the page is out of date."""
    facts = facts_of(issued, exhibition)
    told = {**facts.__dict__, "starts_at": _moment(facts.starts_at), "ends_at": _moment(facts.ends_at)}
    told["left_at"] = None if facts.left_at is None else _moment(facts.left_at)
    told["rounds"] = [{"starts_at": _moment(one.starts_at), "ends_at": _moment(one.ends_at)} for one in facts.rounds]
    seen = f"{issued.generation} {issued.state} {issued.slot.id} {facts.fair}"
    return {"facts": told, "now": _moment(now), "seen": seen}


def _moment(moment: datetime) -> int:
    """Milliseconds since 1970, as JavaScript counts."""
    return round(moment.timestamp() * 1000)


def first_line(issued: Issued, exhibition: Exhibition, now: datetime) -> dict[str, Any]:
    """The line as it is now, and all that the script needs to keep it true."""
    facts = facts_of(issued, exhibition)
    advised = advise(facts, now)
    texts = _sentences(exhibition)
    others = {advised.advice.value} if advised.advice in STANDS else texts.keys() - STANDS
    live = now_json(issued, exhibition, now) | {
        "texts": {name: texts[name] for name in sorted(others)},
        "tones": {advice.value: tone for advice, tone in TONES.items()},
        "timezone": exhibition.timezone,
    }
    return {
        "advice": advised.advice.value,
        "text": sentence(advised, facts, exhibition, now),
        "tone": TONES.get(advised.advice, ""),
        "live": live,
    }
