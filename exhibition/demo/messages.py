"""Drafts of messages for the demo; nothing is sent by itself."""

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import transaction
from exhibition.messages import writing
from exhibition.messages.letters import MessageWords
from exhibition.messages.rules.audiences import Audience, BoothStanding, Lacking
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.venue.models import Exhibition

REMINDER = writing.MessageDraft(
    Audience(ReaderGroup.VISITORS, not_arrived=True),
    {
        "id": MessageWords(
            "Sampai jumpa di {fair}",
            "Halo {name},\n\nkami menunggu Anda pada {day} pukul {time} di {venue}.\n"
            "Tunjukkan tiket ini di gerbang, dan jangan lupa masker: {link}",
        ),
        "en": MessageWords(
            "See you at {fair}",
            "Hello {name},\n\nwe look forward to seeing you on {day} at {time}, {venue}.\n"
            "Show this pass at the gate, and please wear a mask: {link}",
        ),
    },
)
PRODUCTS = writing.MessageDraft(
    Audience(ReaderGroup.EXHIBITORS, standing=BoothStanding.KNOWN, lacking=Lacking.PRODUCTS),
    {
        "id": MessageWords(
            "Halaman stan {booth} masih kosong",
            "Halo {name},\n\nhalaman {exhibitor} belum berisi produk, padahal pengunjung sudah mulai melihat-lihat.\n"
            "Silakan isi di sini: {link}",
        ),
        "en": MessageWords("", ""),
    },
)


@transaction
def add(exhibition: Exhibition) -> int:
    """Write the drafts and return how many they are."""
    drafts = (REMINDER, PRODUCTS)
    for draft in drafts:
        writing.create(COMMAND_LINE, exhibition, draft)
    return len(drafts)
