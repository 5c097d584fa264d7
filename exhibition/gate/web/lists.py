"""The columns of the desk's lists of gates: refusals that were overruled, and movements."""

from flask_babel import gettext as _

from exhibition.core.i18n import lazy as _l
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, state_column
from exhibition.gate.scan.overrides import OverrideLine
from exhibition.gate.steward.corrections import MovementLine
from exhibition.gate.web import sentences


def _refused(line: OverrideLine) -> list[Chip]:
    return [Chip(sentences.SHORT_REASONS[code], "warn") for code in line.codes]


OVERRIDES = ListDescription[OverrideLine](
    "overrides",
    (
        ListColumn("by", _l("Supervisor"), lambda line: line.by, order="by", names=True),
        ListColumn("at", _l("When"), lambda line: line.scan.server_at, ColumnKind.INSTANT, order="at"),
        state_column("refused", _l("What was refused"), _refused, order="refused"),
        ListColumn("reason", _l("Why they came in"), lambda line: line.reason, order="reason"),
        ListColumn("people", _l("People"), lambda line: line.scan.people, ColumnKind.NUMBER, order="people"),
        ListColumn("gate", _l("Gate"), lambda line: line.gate, order="gate"),
        ListColumn("device", _l("Device"), lambda line: line.device, order="device"),
        ListColumn("pass", _l("Pass"), lambda line: line.pass_code, order="pass"),
    ),
)


def _inside(line: MovementLine) -> list[Chip]:
    if not line.party_size:
        return []
    return [Chip(_("%(inside)s of %(party)s inside", inside=line.inside, party=line.party_size))]


MOVEMENTS = ListDescription[MovementLine](
    "movements",
    (
        ListColumn("pass", _l("Pass"), lambda line: line.code or _("none"), chips=_inside, names=True),
        ListColumn("at", _l("When"), lambda line: line.at, ColumnKind.INSTANT),
        ListColumn(
            "direction",
            _l("Direction"),
            lambda line: _("Entry") if line.direction == "entry" else _("Exit"),
        ),
        ListColumn("people", _l("People"), lambda line: line.people, ColumnKind.NUMBER),
        ListColumn("gate", _l("Gate"), lambda line: line.gate),
        ListColumn("device", _l("Device"), lambda line: line.device),
    ),
)
