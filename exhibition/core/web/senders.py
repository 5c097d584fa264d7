"""Where a request came from, told so that requests of one sender can be recognised and no address can be read."""

import hmac

from exhibition.core.config import secret_key
from exhibition.core.extensions import asking_group

LENGTH = 16


def origin() -> str:
    """A keyed digest of the network address that the request came from, of IPv6 its whole /64."""
    return hmac.digest(secret_key(), f"origin\n{asking_group()}".encode(), "sha256").hex()[:LENGTH]
