"""Links to a new password for those who forgot theirs.

Asking is the same work for an address that may sign in and for any other: one row of the outbox, about the user or
about nobody. The mail, with the link in it, is made when it is sent, so the link waits nowhere.
"""

from sqlalchemy import select

from exhibition.accounts.messages import RESET_LINK_VALID_FOR, RESETS
from exhibition.accounts.models import User
from exhibition.core import clock, outbox
from exhibition.core.db import db, transaction
from exhibition.core.jobs import every

NOBODY = 0


@transaction
def ask(email: str, locale: str) -> None:
    """Have a link mailed to the address in this language, if somebody with it may sign in."""
    user_id = db.session.scalar(select(User.id).where(User.email == email, User.active))
    outbox.post_later(RESETS[locale], user_id or NOBODY, clock.now() + RESET_LINK_VALID_FOR)


@every(minutes=60)
def forget_questions() -> None:
    """Delete the rows about addresses of nobody."""
    forget_nobody()


@transaction
def forget_nobody() -> None:
    """Delete what ``forget_questions`` is for."""
    outbox.erase(RESETS.values(), [NOBODY])
