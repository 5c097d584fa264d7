"""Copying the pictures of imported listings: fetched by a job, re-encoded by ``pictures``, one transaction each."""

import logging
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, select, update

from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.jobs import job
from exhibition.storefront import pictures
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.models import Listing
from exhibition.storefront.rules.fetching import FetchFailed

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

log = logging.getLogger(__name__)

TRIES = 3


def waits() -> ColumnElement[bool]:
    """Listings whose picture is still to be copied."""
    return and_(Listing.picture_address != "", Listing.picture_tries < TRIES, Listing.gone_at.is_(None))


@job()
def copy_pictures() -> None:
    """Copy every picture that waits."""
    copy_all(user_agent.fetcher())


def copy_all(fetcher: "Fetcher") -> int:
    """Try to copy every waiting picture once; returns how many were copied. Those that fail are tried later."""
    copied = 0
    for listing_id in list(db.session.scalars(select(Listing.id).where(waits()).order_by(Listing.id))):
        copied += _copy(listing_id, fetcher)
    return copied


def _copy(listing_id: int, fetcher: "Fetcher") -> bool:
    address = db.session.scalar(select(Listing.picture_address).where(Listing.id == listing_id, waits()))
    db.session.rollback()  # no transaction stays open while a shop takes its time
    if not address:
        return False
    try:
        picture = pictures.prepare(fetcher.get(address).content)
        with pictures.kept(picture):
            return _set(listing_id, address, picture)
    except (FetchFailed, Refused) as failed:
        log.info("picture of listing %s not copied: %s", listing_id, failed)
    except Exception:  # one picture with an unexpected fault must not keep the others waiting
        log.exception("picture of listing %s not copied", listing_id)
    _note_failure(listing_id, address)
    return False


@transaction
def _set(listing_id: int, address: str, picture: pictures.PreparedPicture) -> bool:
    """Show the picture, unless the listing names another by now; then it is deleted with the unused ones."""
    key = pictures.remember(picture)
    statement = update(Listing).where(Listing.id == listing_id, Listing.picture_address == address)
    done = statement.values(picture_key=key, picture_address="", picture_tries=0, updated_at=Listing.updated_at)
    return db.session.connection().execute(done).rowcount == 1


@transaction
def _note_failure(listing_id: int, address: str) -> None:
    statement = update(Listing).where(Listing.id == listing_id, Listing.picture_address == address)
    tried = statement.values(picture_tries=Listing.picture_tries + 1, updated_at=Listing.updated_at)
    db.session.connection().execute(tried)
