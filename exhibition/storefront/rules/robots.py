"""What a host's robots.txt (RFC 9309) allows."""

from protego import Protego


def allows(rules: str, address: str, name: str) -> bool:
    """Whether the program with this name may fetch the address. A stranger's patterns can take any time to match."""
    return Protego.parse(rules).can_fetch(address, name)
