"""Child processes that are started again when they end by themselves, and stopped together."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable

AT_ONCE_S, MOST_AT_ONCE = 5.0, 3
"""A process that ends within so many seconds of its start, so many times in a row, will not come up."""


class KeptProcess:
    """A process that is kept running; ``say`` is told what happened to it."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]], say: Callable[[str], None]) -> None:
        self.name = name
        self._start, self._say = start, say
        self._ended_at_once = 0
        self.process = start()
        self._started_at = time.monotonic()

    def look(self) -> bool:
        """Start it again if it has ended; False when that is of no use."""
        code = self.process.poll()
        if code is None:
            return True
        at_once = time.monotonic() - self._started_at < AT_ONCE_S
        self._ended_at_once = self._ended_at_once + 1 if at_once else 0
        how = f"killed by signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if self._ended_at_once >= MOST_AT_ONCE:
            self._say(f"The {self.name} ends as soon as it is started ({how}); its last lines are above.")
            return False
        self._say(f"The {self.name} ended by itself ({how}); it is started again.")
        self.process = self._start()
        self._started_at = time.monotonic()
        return True


def stop(kept: Iterable[KeptProcess], within_s: float) -> None:
    """Ask all of them to end, and kill what has not ended in time, with the processes of its group if it leads one."""
    running = [one.process for one in kept if one.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + within_s
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(process.pid) == process.pid:
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
