"""The desk's forms: shape and syntax. A form contains the mark of what the person saw (see ``rules.mark``)."""

from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FloatField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange

from exhibition.allocation.proposals.problem_builder import Wanted
from exhibition.allocation.rules import AllocationState, StepKind
from exhibition.allocation.solver.problem import HEAVIEST, Weights
from exhibition.allocation.texts import TERMS
from exhibition.core.ids import LARGEST_ID
from exhibition.core.web.forms import area_field, number_field, required, text_field
from exhibition.exhibitors.rules.quotas import CallQuota, CallQuotas, QuotaSubject

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

UNREADABLE = _l("This cannot be read. Open the plan again.")


def _mark(label: Any) -> StringField:
    return StringField(label, [required(), Length(max=80, message=UNREADABLE)])


def _code(label: Any) -> StringField:
    return text_field(label, 16)


class HoldForm(FlaskForm):
    booth = _code(_l("Booth"))
    exhibitor_id = number_field(_l("Exhibitor"), 1, LARGEST_ID)
    hours = number_field(_l("Hours"), 1, 60 * 24, optional=True)
    days = SelectMultipleField(_l("Days"), coerce=date.fromisoformat, validate_choice=False)
    beside = BooleanField(_l("Together with those who have it"))


class ActForm(FlaskForm):
    seen = _mark(_l("Allocation"))
    act = StringField(
        _l("Act"),
        [required(), AnyOf([StepKind.OFFER, StepKind.CONFIRM, StepKind.RELEASE], message=UNREADABLE)],
    )


class MoveBoothForm(FlaskForm):
    seen = _mark(_l("Allocation"))
    booth = _code(_l("Move to booth"))


class SwapForm(FlaskForm):
    seen = _mark(_l("Allocation"))
    other = _mark(_l("Swap with"))


class ArrangeForm(FlaskForm):
    """``taken`` are marks of claims and ids of exhibitors; without a booth they go off the plan."""

    taken = FieldList(StringField(validators=[required(), Length(max=80, message=UNREADABLE)]))
    booth = text_field(_l("Booth"), 16, optional=True)


class LookingForm(FlaskForm):
    """Without a booth: nothing is looked at."""

    booth = text_field(_l("Booth"), 16, optional=True)


class AnswerForm(FlaskForm):
    seen = _mark(_l("Offer"))
    answer = StringField(
        _l("Answer"), [required(), AnyOf(["accept", "decline", "another", "give_back"], message=UNREADABLE)]
    )
    wish = text_field(_l("Which booth would suit you better?"), 300, optional=True)


MOST_EFFORT = 30
"""What a person may wait for: about half a minute of an ordinary machine."""


def _amount(label: Any, highest: float, default: float) -> FloatField:
    """A decimal number, 0 or more."""
    message = _l("Write a number from %(min)s to %(max)s.")
    return FloatField(
        label,
        [InputRequired(message=message % {"min": 0, "max": f"{highest:g}"}), NumberRange(0, highest, message=message)],
        default=default,
        render_kw={"inputmode": "decimal", "min": 0, "max": highest, "step": "any"},
    )


class ProposalForm(FlaskForm):
    """The settings of a proposal; each weight is named as in docs/allocation.md."""

    priority = _amount(TERMS["priority"], HEAVIEST, Weights.priority)
    wishes = _amount(TERMS["wishes"], HEAVIEST, Weights.wishes)
    zone_wishes = _amount(TERMS["zone_wishes"], HEAVIEST, Weights.zone_wishes)
    competitors = _amount(TERMS["competitors"], HEAVIEST, Weights.competitors)
    cluster = _amount(TERMS["cluster"], HEAVIEST, Weights.cluster)
    near = _amount(TERMS["near"], HEAVIEST, Weights.near)
    affinity = _amount(TERMS["affinity"], HEAVIEST, Weights.affinity)
    newcomers = _amount(TERMS["newcomers"], HEAVIEST, Weights.newcomers)
    moves = _amount(TERMS["moves"], HEAVIEST, Weights.moves)
    quotas = _amount(TERMS["quotas"], HEAVIEST, Weights.quotas)
    competitor_radius_m = _amount(_l("Metres between competitors"), 100, Wanted.competitor_radius_m)
    avoid_radius_m = _amount(_l("Metres between those who avoid each other"), 100, Wanted.avoid_radius_m)
    seed = number_field(_l("Seed: another one may find another plan"), 0, LARGEST_ID)
    effort = number_field(_l("Effort: how much to search, counted in steps, not in seconds"), 1, MOST_EFFORT)
    keep_holds = BooleanField(_l("Keep all holds: whoever holds a booth keeps it"))

    def wanted(self) -> Wanted:
        """The settings in the form, which must be valid."""
        values = {name: value for name, value in self.data.items() if name != "csrf_token"}
        weights = Weights(**{term: values.pop(term) for term in vars(Weights())})
        return Wanted(weights=weights, **values)


class PinBoothForm(FlaskForm):
    exhibitor_id = number_field(_l("Exhibitor"), 1, LARGEST_ID)
    booth = text_field(_l("Booth"), 16, optional=True)


class PublishForm(FlaskForm):
    state = StringField(
        _l("As"), [required(), AnyOf([AllocationState.HELD, AllocationState.OFFERED], message=UNREADABLE)]
    )
    hours = number_field(_l("Hours"), 1, 60 * 24, optional=True)


class WaitingForm(FlaskForm):
    exhibitor_id = number_field(_l("Exhibitor"), 1, LARGEST_ID)


class WaitingRulesForm(FlaskForm):
    offers_by_itself = BooleanField(_l("A booth that comes back goes to the next on the list by itself"))
    offer_hours = number_field(_l("Hours to answer an offer"), 1, 60 * 24)


class QuotasForm(FlaskForm):
    """The quotas of a call; an empty share is none."""

    local = number_field(_l("From the regency, at least this share of the booths in per cent"), 0, 100, optional=True)
    local_hard = BooleanField(_l("The regency's share is binding"))
    newcomers = number_field(_l("Newcomers, at least this share in per cent"), 0, 100, optional=True)
    newcomers_hard = BooleanField(_l("The newcomers' share is binding"))
    product_group = number_field(_l("One product group, at most this share in per cent"), 0, 100, optional=True)
    product_group_hard = BooleanField(_l("The product group's share is binding"))
    districts = area_field(_l("Districts of the regency"), 4000, rows=4)

    @classmethod
    def of(cls, kept: CallQuotas) -> Self:
        """The form filled in with the quotas as they are."""
        values: dict[str, Any] = {"districts": "\n".join(kept.districts)}
        for subject, share in kept.shares.items():
            values |= {subject.value: share.percent, f"{subject.value}_hard": share.hard}
        return cls(formdata=None, data=values)

    def quotas(self) -> CallQuotas:
        """The quotas in the form, which must be valid."""
        shares = {
            subject: CallQuota(self[subject.value].data, bool(self[f"{subject.value}_hard"].data))
            for subject in QuotaSubject
            if self[subject.value].data is not None
        }
        lines = [" ".join(line.split())[:80] for line in (self.districts.data or "").splitlines()]
        return CallQuotas(shares, tuple(dict.fromkeys(line for line in lines if line)))
