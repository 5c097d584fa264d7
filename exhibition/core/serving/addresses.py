"""Network addresses as they are counted: one household or phone has a whole /64 of IPv6, so that counts as one."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network


@lru_cache(4096)
def group_of(address: str) -> str:
    """The address itself for IPv4, its /64 for IPv6; what is no address stands for itself."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
