"""Budgets: what people without a sign-in may use up, all of them here.

They hold for all workers and servers together (``core.limiting.tries``) and are decided before anything is stored or
sent. They are generous, because a village or a whole hall may share one network address; what they stop is a flood.
docs/configuration.md lists the same for readers.
"""

import shutil
from math import ceil

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core.config import instance_folder, setting
from exhibition.core.errors import Refused
from exhibition.core.extensions import asking_group
from exhibition.core.limiting.tries import count_try, seconds_to_wait

UPLOAD_UNIT = 100_000
"""Uploads are counted in units of so many bytes; a smaller one counts as one."""
UPLOADS_OF_ADDRESS = "2000 per day"
"""200 MB: the documents of fifty applicants who use the Wi-Fi of one office."""
UPLOADS_OF_ALL = "20000 per day"
"""2 GB."""
MAILS_TO_RECIPIENT = "10 per hour; 20 per day"
"""To one e-mail address, of those that anybody can cause: passes, links of applications. Not what organizers send."""
MAILS_ASKED_BY_ADDRESS = "60 per hour; 200 per day"
LINKS_OF_CONTACT = "3 per hour; 6 per day"
"""How often the lost links of one e-mail address or number are looked for."""
OLDER_LINKS_TO_RECIPIENT = "1 per day"
"""How often the links of earlier applications go along with that of a new one."""


def take_upload(size: int, field: str) -> None:
    """Count an upload of ``size`` bytes, for its sender and for everybody.

    Raises Refused ``uploads_too_many`` (429), and as ``require_disk``; both name ``field``.
    """
    require_disk(size, field)
    units = max(1, ceil(size / UPLOAD_UNIT))
    message = _l("So many files have been sent today that there is room for no more. Send yours tomorrow.")
    _take("uploads_too_many", message, field, UPLOADS_OF_ADDRESS, "upload", asking_group(), cost=units)
    _take("uploads_too_many", message, field, UPLOADS_OF_ALL, "upload of anybody", cost=units)


def require_disk(size: int, field: str) -> None:
    """Raise Refused ``disk_full`` (503) unless the disk keeps its reserve after ``size`` more bytes."""
    reserve = int(setting("FREE_DISK_MB")) * 1_000_000
    if shutil.disk_usage(instance_folder()).free - size < reserve:
        message = _l("There is no room for files at this moment. Try again later, or tell the organizers.")
        raise Refused("disk_full", message, status=503, field=field)


def take_mail(recipient: str | None, field: str = "email") -> None:
    """Count a mail that somebody has sent to this address, None for no mail.

    Raises Refused ``mails_too_many`` (429), naming ``field``, when the address has got enough of them.
    """
    if recipient:
        message = _l("This address has got many mails from us already. Use another one, or try again tomorrow.")
        _take("mails_too_many", message, field, MAILS_TO_RECIPIENT, "mail", recipient.casefold())


def has_mail_left(recipient: str) -> bool:
    """As ``take_mail``, for pages that must not say whether anything is sent."""
    return seconds_to_wait(MAILS_TO_RECIPIENT, "mail", recipient.casefold()) is None


def may_ask_for_links(contact: str) -> bool:
    """Whether the lost links of this address or number are looked for once more, for a page that must not say; counts
    that they are.
    """
    return seconds_to_wait(LINKS_OF_CONTACT, "lost links", contact.casefold()) is None


def asks_for_mail() -> None:
    """Count, for the address of the request, that a mail is asked for. Raises TooManyRequests (429)."""
    count_try(MAILS_ASKED_BY_ADDRESS, "mail asked for", asking_group())


def may_get_older_links(recipient: str) -> bool:
    """Whether this address has not got the links of its earlier applications within a day; counts that it does."""
    return seconds_to_wait(OLDER_LINKS_TO_RECIPIENT, "older links", recipient.casefold()) is None


def take_people(people: int, field: str = "party_size") -> None:
    """Count people who are registered from the address of the request.

    Raises Refused ``people_too_many`` (429), naming ``field``.
    """
    rule = f"{int(setting('PEOPLE_OF_ADDRESS'))} per hour"
    message = _l(
        "Very many people have been registered from your network within an hour. Try again later, or with mobile data."
    )
    _take("people_too_many", message, field, rule, "people", asking_group(), cost=people)


def _take(code: str, message: LazyString, field: str, rules: str, *who: str, cost: int = 1) -> None:
    wait_s = seconds_to_wait(rules, *who, cost=cost)
    if wait_s is not None:
        raise Refused(code, message, status=429, field=field, retry_after=wait_s)
