"""Typed codes that are nobody's: who types too many of them at one device is guessing."""

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import transaction
from exhibition.core.limiting.tries import TooManyRequests, count_try, seconds_to_wait
from exhibition.gate import devices

MISSES_OF_DEVICE = "20 per minute; 100 per hour"
NOTED = "1 per hour"
"""How often the audit trail notes it of one device."""


def count_miss(device_token: str) -> None:
    """Count a typed code that is nobody's. Codes that are somebody's are never counted, so a queue goes on.

    Raises TooManyRequests (429) when the device has too many of them; the audit trail then notes it once an hour.
    """
    device = devices.authenticate(device_token)
    who = str(device.id)
    try:
        count_try(MISSES_OF_DEVICE, "code miss", who)
    except TooManyRequests:
        if seconds_to_wait(NOTED, "code misses noted", who) is None:
            _note(device.id, device.name)
        raise


@transaction
def _note(device_id: int, device_name: str) -> None:
    record(Actor(None, device_name), "device.codes_guessed", "device", device_id, name=device_name)
