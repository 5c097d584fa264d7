"""The desk's page of test passes, with which gates are tried."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from exhibition.core import qr
from exhibition.gate.rules.rehearsal import Situation
from exhibition.gate.scan import rehearsal
from exhibition.venue.models import Exhibition

blueprint = Blueprint("rehearsal", __name__, url_prefix="/desk/rehearsal")

TITLES = {
    Situation.COMES: _l("A family of four comes"),
    Situation.INSIDE: _l("All four are inside"),
    Situation.WENT_OUT: _l("All four went out"),
    Situation.TOO_EARLY: _l("The pass is for tomorrow"),
    Situation.TOO_LATE: _l("The pass was for yesterday"),
    Situation.CANCELLED: _l("The visitor cancelled"),
    Situation.OLD_QR: _l("The QR was replaced"),
    Situation.FULL: _l("The hall is full"),
}
ANSWERS = {
    Situation.COMES: _l("Green at the entry: four may come in."),
    Situation.INSIDE: _l("Red at the entry, green at the exit."),
    Situation.WENT_OUT: _l("As this fair lets people come back."),
    Situation.TOO_EARLY: _l("Red: too early."),
    Situation.TOO_LATE: _l("Red: too late."),
    Situation.CANCELLED: _l("Red: cancelled."),
    Situation.OLD_QR: _l("Red: an old QR."),
    Situation.FULL: _l("Amber: please wait."),
}


@blueprint.get("")
def show(exhibition: Exhibition) -> str:
    """Today's test passes."""
    passes = [
        {
            "number": situation.value,
            "title": TITLES[situation],
            "answer": ANSWERS[situation],
            "text": text,
            "picture": Markup(qr.svg(text, _("QR of the test pass: %(what)s", what=TITLES[situation]))),  # noqa: S704 our own SVG
        }
        for situation, text in rehearsal.texts(exhibition).items()
    ]
    return render_template("gate/rehearsal.html", exhibition=exhibition, passes=passes)
