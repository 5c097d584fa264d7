"""How long somebody stays signed in on a device, and how the device is told apart from others."""

import ipaddress
from datetime import datetime, timedelta

LONGEST = timedelta(hours=12)
"""A working day at the fair; whoever works longer signs in again."""
LONGEST_REMEMBERED = timedelta(days=14)
"""For an exhibitor's or steward's own phone, when they asked for it; never for organizers."""
SEEN_EVERY = timedelta(minutes=1)
"""How often it is noted that a device is in use."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""In this order: what stands first in the list names itself as the later ones, too."""


def ends_at(made_at: datetime, *, organizer: bool, remembered: bool) -> datetime:
    """When a sign-in ends in any case."""
    return made_at + (LONGEST_REMEMBERED if remembered and not organizer else LONGEST)


def is_over(now: datetime, ends: datetime, last_seen_at: datetime, *, organizer: bool, idle: timedelta) -> bool:
    """Whether a sign-in has ended by itself: its time is up, or an organizer's device was idle for too long.

    Gate staff and exhibitors are not signed out for being idle: they use their own phones, and reach no list of people.
    """
    return now >= ends or (organizer and now >= last_seen_at + idle)


def device_words(user_agent: str) -> str:
    """``Chrome, Android`` for a user agent; empty for one that is not known."""
    found = (next((name for mark, name in known if mark in user_agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in found if name)


def address_group(address: str) -> str:
    """The network that an address belongs to, as far as a household or office goes: ``203.0.113.0/24``,
    ``2001:db8:1::/48``; empty for what is no address.
    """
    try:
        whole = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(whole, ipaddress.IPv6Address) and whole.ipv4_mapped is not None:
        whole = whole.ipv4_mapped
    length = 24 if isinstance(whole, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network(f"{whole}/{length}", strict=False))
