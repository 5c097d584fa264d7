"""What states and steps are called on pages and in exports."""

from flask_babel import lazy_gettext as _l

from exhibition.allocation.history import StepLine
from exhibition.allocation.rules import BoothState, StepKind

BOOTH_STATES = {
    BoothState.OPEN: _l("Free"),
    BoothState.HELD: _l("Held"),
    BoothState.OFFERED: _l("Offered"),
    BoothState.ALLOCATED: _l("Allocated"),
    BoothState.CLOSED: _l("Not in use"),
}


SENTENCES = {
    StepKind.HOLD: _l("%(booth)s is held for %(exhibitor)s."),
    StepKind.OFFER: _l("%(booth)s is offered to %(exhibitor)s."),
    StepKind.CONFIRM: _l("%(booth)s is confirmed for %(exhibitor)s."),
    StepKind.RELEASE: _l("%(booth)s was taken back from %(exhibitor)s."),
    StepKind.MOVE: _l("%(exhibitor)s moved from %(origin)s to %(booth)s."),
    StepKind.SWAP: _l("%(exhibitor)s (now %(booth)s) and %(other)s (now %(origin)s) swapped booths."),
    StepKind.ACCEPT: _l("%(exhibitor)s accepted %(booth)s."),
    StepKind.DECLINE: _l("%(exhibitor)s declined %(booth)s."),
    StepKind.UNDO: _l("The last step was undone for %(exhibitor)s, booth %(booth)s."),
}


def told(step: StepLine) -> str:
    """A step as a sentence: ``A03 is held for Batik Serasi.``"""
    part = step.parts[0]
    names = {"exhibitor": part.exhibitor, "booth": part.target, "origin": part.origin}
    return str(SENTENCES[step.kind]) % (names | {"other": step.parts[-1].exhibitor})
