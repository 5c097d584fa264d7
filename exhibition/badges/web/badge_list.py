"""The organizers' list of badges."""

from dataclasses import dataclass

from flask_babel import gettext as _

from exhibition.badges.service import Holder
from exhibition.core.i18n import lazy as _l
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, state_column


@dataclass(frozen=True)
class ListedBadge:
    holder: Holder
    inside: bool


def _state(line: ListedBadge) -> list[Chip]:
    if not line.holder.opens:
        return [Chip(_("no confirmed booth"), "bad")]
    return [Chip(_("inside"), "accent")] if line.inside else [Chip(_("Valid"), "good")]


BADGES = ListDescription[ListedBadge](
    "badges",
    (
        ListColumn(
            "name",
            _l("Name"),
            lambda line: line.holder.name,
            order="name",
            shown=lambda line: line.holder.name or _("name erased"),
            names=True,
        ),
        ListColumn("exhibitor", _l("Exhibitor"), lambda line: line.holder.exhibitor, order="exhibitor"),
        ListColumn("booth", _l("Booth"), lambda line: line.holder.booth, order="booth"),
        ListColumn("number", _l("Badge"), lambda line: line.holder.number, ColumnKind.NUMBER, order="number"),
        ListColumn("code", _l("Code for typing"), lambda line: line.holder.code, order="code"),
        state_column("state", _l("State"), _state, order="state"),
    ),
    attributes=lambda line: {"data-code": line.holder.code},
)
