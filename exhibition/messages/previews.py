"""A draft as its readers will see it, and how many they are."""

from dataclasses import dataclass

from exhibition.core.i18n import LOCALES
from exhibition.core.sql.paging import Page
from exhibition.messages import letters, readers
from exhibition.messages.letters import WrittenLetter
from exhibition.messages.models import Message
from exhibition.messages.rules.audiences import Audience, MessageReader, Reach, reach
from exhibition.venue.models import Exhibition


@dataclass(frozen=True)
class MessagePreview:
    """The count of readers, and the message as one of them gets it in each language."""

    reach: Reach
    readers: Page[MessageReader]
    """The reader that is shown, one a page; none when nobody has the name that was searched for."""
    letters: list[WrittenLetter]
    """In the order of LOCALES; a language without words has the other's."""

    @property
    def reader(self) -> MessageReader | None:
        return self.readers.items[0] if self.readers.items else None

    @property
    def language(self) -> str:
        """The language in which the reader gets it."""
        wanted = self.reader.locale if self.reader else ""
        return next((one.language for one in self.letters if one.language == wanted), self.letters[0].language)


def preview(exhibition: Exhibition, message: Message, words: str = "", number: int = 1) -> MessagePreview:
    """The message for the reader with this number, of those whose name contains ``words``."""
    everybody = readers.of_audience(exhibition, Audience.from_json(message.audience))
    matching = [reader for reader in everybody if words.casefold() in reader.name.casefold()]
    number = min(number, max(len(matching), 1))
    shown = matching[number - 1 : number]
    written = [letters.write(exhibition, message, shown[0], locale) for locale in LOCALES] if shown else []
    return MessagePreview(reach(everybody), Page(shown, number, number < len(matching)), written)
