"""Files made by real shops and fairs. They may not enter the repository, so they are asked for by a variable that says
where they are; without it the tests of them are left out.
"""

import os
from pathlib import Path

import pytest

VARIABLE = "EXHIBITION_TEST_FEEDS"
FEEDS = Path(os.environ.get(VARIABLE, ""))
needs_feeds = pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} does not say where the real files are")
