"""Bu Tini, who sells crackers and has a confirmed booth."""

from tests.storefront.conftest import seller, seller_client

__all__ = ["seller", "seller_client"]
