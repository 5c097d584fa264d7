"""The desk's form of a correction: shape only; ``service`` reads the amounts."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from exhibition.core.web.forms import text_field
from exhibition.takings.rules.telling import Amounts
from exhibition.takings.service import LONGEST_NOTE

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so
LONGEST_AMOUNT = 40


class TakingsForm(FlaskForm):
    """Takings of one exhibitor on one day, and why they are entered at the desk."""

    cash = text_field(_l("Cash, in rupiah"), LONGEST_AMOUNT, optional=True, inputmode="numeric", autocomplete="off")
    qris = text_field(_l("QRIS, in rupiah"), LONGEST_AMOUNT, optional=True, inputmode="numeric", autocomplete="off")
    orders = text_field(_l("Orders, in rupiah"), LONGEST_AMOUNT, optional=True, inputmode="numeric", autocomplete="off")
    pieces = text_field(_l("Pieces sold"), LONGEST_AMOUNT, optional=True, inputmode="numeric", autocomplete="off")
    note = text_field(_l("Why"), LONGEST_NOTE)

    def typed(self) -> dict[str, str]:
        """The amounts as they were typed."""
        return {name: self[name].data or "" for name in ("cash", "qris", "orders", "pieces")}


def typed_amounts(amounts: Amounts) -> dict[str, str]:
    """Amounts as they stand in the fields, with points between thousands."""
    values = {"cash": amounts.cash, "qris": amounts.qris, "orders": amounts.orders, "pieces": amounts.pieces}
    return {name: f"{value:,}".replace(",", ".") for name, value in values.items() if value is not None}
