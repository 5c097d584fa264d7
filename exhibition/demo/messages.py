"""Drafts of messages for the demo, and its own words for one automatic mail; nothing is sent by itself."""

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import transaction
from exhibition.messages import mail_wording, writing
from exhibition.messages.letters import MessageWords
from exhibition.messages.rules.audiences import Audience, BoothStanding, Lacking
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.venue.edition.mail_texts import MailWords
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
CONFIRMED = {
    "id": MailWords(
        "Stan {booth} sudah pasti untuk {exhibitor}",
        "Halo {name},\n\nstan {booth} di {fair} sudah pasti untuk {exhibitor}. Stan dapat ditata mulai pukul 06.00 pada"
        " {day}.\n\nSetiap penjaga stan wajib memakai masker dan tanda pengenal.",
    ),
    "en": MailWords(
        "Booth {booth} is yours, {exhibitor}",
        "Hello {name},\n\nbooth {booth} at {fair} is yours. You can set it up from 6 o'clock on {day}.\n\n"
        "Everybody who works at a booth wears a mask and a badge.",
    ),
}
"""Words for the mail that a booth is confirmed."""


@transaction
def add(exhibition: Exhibition) -> int:
    """Write the drafts and the words, and return how many drafts they are."""
    mail_wording.keep(COMMAND_LINE, exhibition, "allocation.confirmed", CONFIRMED)
    drafts = (REMINDER, PRODUCTS)
    for draft in drafts:
        writing.create(COMMAND_LINE, exhibition, draft)
    return len(drafts)
