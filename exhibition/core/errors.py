"""Refusals: a service raises ``Refused`` with a stable ``code``; ``core.web.answers`` turns it into a page or problem.

The codes are listed in docs/api.md; a test compares.
"""

from http import HTTPStatus
from typing import Any, TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

Message: TypeAlias = str | LazyString
"""A sentence for a person; a lazy one is put into their language when it is shown."""
STATUS_PHRASES = {
    400: _l("The request could not be read. Check what you entered and send it again."),
    401: _l("Please sign in first."),
    403: _l("You are not allowed to open this page. Sign in with an account that may."),
    404: _l("There is nothing at this address. It may have moved; start again from the front page."),
    405: _l("This address does not take that kind of request."),
    413: _l("That is too large. The limit is 6 MB."),
    415: _l("Send this as JSON."),
    429: _l("Too many tries. Wait a minute and try again."),
    500: _l("Something went wrong on our side. Nothing was changed; please try again."),
    503: _l("Too busy at this moment. Nothing was changed; please try again."),
}


class Refused(Exception):
    """A use case refused what was asked of it.

    ``code`` is stable and for machines, ``message`` is a sentence for the person, ``field`` names the input at
    fault (the names of the JSON contract), ``details`` are further members of the JSON answer.
    """

    def __init__(
        self,
        code: str,
        message: Message,
        *,
        status: int = HTTPStatus.CONFLICT,
        field: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = int(status)
        self.field = field
        self.details = details


class NotFound(Refused):
    """The object does not exist, or this person may not know of it; the answer does not tell which."""

    def __init__(self, message: Message | None = None) -> None:
        super().__init__("not_found", message or STATUS_PHRASES[404], status=HTTPStatus.NOT_FOUND)
