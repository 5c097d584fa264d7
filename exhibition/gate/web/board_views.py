"""The desk's board of devices, which renews itself."""

from flask import Blueprint, render_template

from exhibition.gate import board as boards
from exhibition.venue.models import Exhibition

blueprint = Blueprint("board", __name__, url_prefix="/desk/board")


@blueprint.get("")
def show(exhibition: Exhibition) -> str:
    """How the devices are, who is expected, and whether the open lanes are enough."""
    return render_template("gate/board.html", exhibition=exhibition, board=boards.board(exhibition))
