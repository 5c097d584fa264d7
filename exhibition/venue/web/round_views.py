"""Disinfection rounds: planned at the desk, ticked off there or by gate staff on a phone."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core import clock
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.venue import rounds, service
from exhibition.venue.models import Exhibition
from exhibition.venue.rounds import Displaced
from exhibition.venue.web.forms import RoundForm

blueprint = Blueprint("rounds", __name__)

ROW = "<int(max=2147483647):"


def _page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    page = render_template(
        "venue/rounds/rounds.html",
        exhibition=exhibition,
        days=rounds.by_day(exhibition),
        wanted=rounds.WANTED_A_DAY,
        overdue={one.id for one in rounds.overdue(exhibition, clock.now())},
        form=RoundForm(formdata=None),
        refused=refused,
    )
    return page, refused.status if refused else 200


def _staff_page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    now = clock.now()
    day = service.local_day(exhibition, now)
    page = render_template(
        "venue/rounds/today.html",
        exhibition=exhibition,
        day=day,
        rounds=rounds.on_list(exhibition, day, now),
        overdue={one.id for one in rounds.overdue(exhibition, now)},
        refused=refused,
    )
    return page, refused.status if refused else 200


def _carry_out(
    exhibition: Exhibition, form: FlaskForm, act: Callable[[Exhibition], None], done: str
) -> ResponseReturnValue:
    """Carry out an act and return to its page: ``from`` in the form says which of the two that is."""
    staff = request.form.get("from") == "staff"
    try:
        require_valid(form)
        act(exhibition)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return _staff_page(exhibition, refused) if staff else _page(exhibition, refused)
    flash(done, "good")
    return redirect(url_for("rounds.today" if staff else "rounds.show"))


def _displaced_text(displaced: Displaced) -> str:
    told = ngettext(
        "%(num)s person has a place in a session that is closed by this round. The pass page asks them to move.",
        "%(num)s people have a place in a session that is closed by this round. The pass page asks them to move.",
        displaced.people,
    )
    if displaced.mails:
        mailed = ngettext(
            "%(num)s mail goes out now and reaches %(reached)s of them.",
            "%(num)s mails go out now and reach %(reached)s of them.",
            displaced.mails,
            reached=displaced.reached,
        )
    else:
        mailed = _("No mail goes out: nobody who is still to come left an e-mail address.")
    return f"{told} {mailed}"


@blueprint.get("/desk/rounds")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The rounds of each day, and a form to plan one."""
    return _page(exhibition)


@blueprint.get("/gate/rounds")
def today(exhibition: Exhibition) -> ResponseReturnValue:
    """Today's rounds on a phone, for the people who disinfect."""
    return _staff_page(exhibition)


@blueprint.post("/desk/rounds")
def add(exhibition: Exhibition) -> ResponseReturnValue:
    form = RoundForm()

    def act(exhibition: Exhibition) -> None:
        day, starts = form.day.data, form.starts_at.data
        if day is not None and starts is not None:
            displaced = rounds.add(actor(), exhibition, day, starts, form.minutes.data or 0)
            if displaced.people:
                flash(_displaced_text(displaced), "warn")

    return _carry_out(exhibition, form, act, _("The round is planned."))


@blueprint.post(f"/desk/rounds/{ROW}round_id>/remove")
def remove(exhibition: Exhibition, round_id: int) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        FlaskForm(),
        lambda exhibition: rounds.remove(actor(), exhibition, round_id),
        _("The round is removed."),
    )


@blueprint.post(f"/gate/rounds/{ROW}round_id>/tick")
def tick(exhibition: Exhibition, round_id: int) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        FlaskForm(),
        lambda exhibition: rounds.tick(actor(), exhibition, round_id),
        _("Thank you, it is written down."),
    )


@blueprint.post(f"/gate/rounds/{ROW}round_id>/untick")
def untick(exhibition: Exhibition, round_id: int) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        FlaskForm(),
        lambda exhibition: rounds.untick(actor(), exhibition, round_id),
        _("The round is marked as not sprayed yet."),
    )
