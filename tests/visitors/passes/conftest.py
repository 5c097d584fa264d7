"""Every test of this folder has the demo edition with one slot that is open now."""

import pytest

from exhibition.venue.models import Exhibition


@pytest.fixture(autouse=True)
def fair(exhibition: Exhibition) -> Exhibition:
    return exhibition
