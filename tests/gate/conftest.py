"""What the gate's tests share: one device at gate A."""

import pytest

from exhibition.venue.models import Exhibition
from tests.gate import world


@pytest.fixture
def device(exhibition: Exhibition) -> str:
    """The token of a device at gate A."""
    return world.enrol(exhibition)
