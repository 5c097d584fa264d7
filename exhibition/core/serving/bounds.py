"""How much of everything one worker process of the server gives away. People's counts are in docs/configuration.md."""

WORKERS = 2
"""Processes: two cores."""

GATE_TURNS = 8
"""Requests of known devices that are worked on at once; nobody else takes these turns."""
OTHER_TURNS = 11
"""All other requests at once. With the turns of gates and the thread that watches for changes these are the database
connections of a process (``core.db``), so that nobody waits for one."""
MOST_WAITING = 4096
"""Requests that wait for a turn, for some seconds; the next one is told to come back. Each holds a connection."""
KNOWN_DEVICES = 2000
"""Devices that are remembered as known, the latest ones."""

MOST_STREAMS = 480
"""Open event streams; each holds a thread while it waits, which is cheap (docs/adr/0009-live.md)."""
MOST_STREAMS_OF_AN_ADDRESS = 40

MOST_CONNECTIONS = 6000
MOST_CONNECTIONS_OF_AN_ADDRESS = 256
"""A village may stand behind one address. The one that has waited longest gives way to the next that comes."""

MOST_BODY_BYTES = 6 * 1024 * 1024
"""Of one request; the application refuses what says that it is longer."""
MOST_BODY_BYTES_OF_AN_ADDRESS = 32 * 1024 * 1024
MOST_BODY_BYTES_HELD = 128 * 1024 * 1024
"""Of all requests that are arriving or worked on."""
LARGEST_HEAD = 64 * 1024
"""Bytes of request line and headers."""

HEAD_WITHIN_S = 10.0
"""From the opening of a connection, or the first byte of a later request, to the end of the headers."""
BODY_WITHIN_S = 10.0
LOWEST_RATE = 2048
"""Bytes a second that a body must have come with, on the average, when it takes longer than ``BODY_WITHIN_S``."""
HANDSHAKE_WITHIN_S = 8.0
IDLE_WITHIN_S = 30
"""How long a connection is kept for the next request."""
STALLED_AFTER_S = 30.0
"""A reader who takes nothing of an answer for so long is let go."""

WHOLE_UP_TO = 1024 * 1024
"""Bytes of an answer that are handed over in one piece, after which the turn is free; longer ones go piece by piece."""
STOP_WITHIN_S = 5.0
"""From the wish to stop to the end of a worker, whatever is still being answered."""
