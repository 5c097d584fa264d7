"""Words for the kinds of exhibitors, on pages and in exports."""

from exhibition.core.i18n import lazy as _l
from exhibition.exhibitors.rules.application_steps import ExhibitorKind

KINDS = {
    ExhibitorKind.MINISTRY: _l("Ministry"),
    ExhibitorKind.PROVINCE: _l("Province"),
    ExhibitorKind.REGENCY: _l("Regency"),
    ExhibitorKind.COOPERATIVE: _l("Cooperative"),
    ExhibitorKind.UMKM: _l("Small business (UMKM)"),
    ExhibitorKind.SPONSOR: _l("Sponsor"),
}
