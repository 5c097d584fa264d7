"""The WSGI and ``flask`` entry point."""

import gc

from exhibition.core import private_files
from exhibition.factory import create_app

private_files.by_default()
app = create_app()
gc.freeze()  # what was made until here stays; to look through it for garbage would stop a request for 0.15 s
gc.set_threshold(20_000, 20, 20)  # requests leave little garbage in circles; Python's 700 costs a fiftieth of a scan
