"""The server of ``make run``, started as a process of its own."""

import os
import signal
import subprocess
from collections.abc import Mapping

from bench.served import free_port, wait_for
from exhibition.core.config import PROJECT
from exhibition.core.serving.command import server_command


class RealServer:
    """Serves ``target``, always on the same port, with these settings in its environment."""

    def __init__(self, settings: Mapping[str, str], target: str = "app:app") -> None:
        self._settings, self._target = dict(settings), target
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = server_command(self._target, "127.0.0.1", self.port)
        self.process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | self._settings, start_new_session=True)
        wait_for(self.port, patience_s=120)  # two workers on a machine that others use too

    def kill(self) -> None:
        """Kill all its processes at once, without a shutdown."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
