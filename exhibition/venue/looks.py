"""The look of a fair: its own colour and logo, on pages, mails and paper."""

import hashlib
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.files import images
from exhibition.core.i18n import current_locale
from exhibition.venue.models import Exhibition, Logo
from exhibition.venue.rules import colours

LOGO_FIELD, COLOUR_FIELD = "logo", "colour"
LONGEST_SIDE = 480
"""Pixels: three times the size on a page, and sharp on paper."""
OURS = colours.ColourShades("2c3e91", "1f2d70", "e9ecf8")
"""Those of a fair without a colour of its own, the same as in ``tokens.css``; for paper, mails and wallets."""


def stylesheet(colour: str) -> str:
    """The tokens of pages of a fair with this colour, as CSS."""
    day, night = colours.by_day(colour), colours.by_night(colour)
    return f":root{{{_tokens(day)}}}@media (prefers-color-scheme:dark){{:root{{{_tokens(night)}}}}}"


def _tokens(shades: colours.ColourShades) -> str:
    return f"--accent:#{shades.accent};--accent-strong:#{shades.strong};--accent-wash:#{shades.wash}"


def shades(exhibition: Exhibition) -> colours.ColourShades:
    """The shades on light ground, of the fair's own colour or of ours."""
    return colours.by_day(exhibition.colour) if exhibition.colour else OURS


def on_paper(exhibition: Exhibition, title: str) -> dict[str, Any]:
    """What the data of every document begin with, for ``templates/paper.typ``; the logo is the bytes of a PNG."""
    content = logo(exhibition.logo_digest) if exhibition.logo_digest else None
    own = shades(exhibition)
    return {
        "lang": current_locale(),
        "title": title,
        "fair": exhibition.name,
        "where": exhibition.venue_name,
        "look": {"colour": f"#{own.accent}", "wash": f"#{own.wash}", "logo": list(content or b"")},
    }


def logo(digest: str) -> bytes | None:
    """The PNG with this digest."""
    return db.session.scalar(select(Logo.content).where(Logo.digest == digest))


def check_colour(colour: str) -> None:
    """Raises Refused (422, field ``colour``) ``colour_unknown`` or ``colour_too_pale``, naming one that can be read."""
    if not colours.is_colour(colour):
        message = _l("Write the colour as six digits from 0 to 9 and a to f, such as 2c3e91.")
        raise Refused("colour_unknown", message, status=422, field=COLOUR_FIELD)
    if not colours.is_readable(colour):
        nearest = colours.nearest_readable(colour)
        message = _l("Text in this colour is too pale to read. The nearest that is not is #%(colour)s.", colour=nearest)
        raise Refused("colour_too_pale", message, status=422, field=COLOUR_FIELD)


def change(
    actor: Actor, exhibition: Exhibition, colour: str | None, content: bytes | None, *, without_logo: bool
) -> bool:
    """Give the edition a colour (None: ours) and, if ``content`` is given, a logo; return whether anything changed.

    Raises what ``check_colour`` and ``core.files.images.as_png`` raise.
    """
    if colour is not None:
        check_colour(colour)
    picture = images.as_png(content, LOGO_FIELD, longest=LONGEST_SIDE).content if content else None
    return _keep(actor, exhibition, colour or "", picture, without_logo=without_logo)


@transaction
def _keep(actor: Actor, exhibition: Exhibition, colour: str, picture: bytes | None, *, without_logo: bool) -> bool:
    before = (exhibition.colour, exhibition.logo_digest)
    digest = None if without_logo else exhibition.logo_digest
    if picture:
        digest = hashlib.sha256(picture).hexdigest()
        db.session.merge(Logo(digest=digest, content=picture))
        db.session.flush()
    exhibition.colour, exhibition.logo_digest = colour, digest
    if (colour, digest) == before:
        return False
    db.session.flush()
    db.session.execute(delete(Logo).where(~exists().where(Exhibition.logo_digest == Logo.digest)))
    names = ("colour", "logo")
    record(
        actor,
        "exhibition.look",
        "exhibition",
        exhibition.id,
        name=exhibition.name,
        before=dict(zip(names, before, strict=True)),
        after=dict(zip(names, (colour, digest), strict=True)),
    )
    return True
