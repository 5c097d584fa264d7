"""``flask run-venue``: a real start, in processes of its own."""

import os
import re
import select
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from exhibition.core.config import PROJECT, instance_folder
from exhibition.demo import sign_ins
from exhibition.venue.models import Exhibition

STARTED = "Stop with Ctrl-C."
LONGEST_S = 120


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(instance: Path, port: int, *options: str) -> subprocess.Popen[str]:
    settings = {"EXHIBITION_INSTANCE_PATH": str(instance), "PYTHONUNBUFFERED": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXHIBITION_")}
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "flask",
            "--app",
            "app",
            "run-venue",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            *options,
        ],
        cwd=PROJECT,
        env=kept | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    port: int
    output: str

    def get(self, address: str) -> int:
        with urllib.request.urlopen(f"http://localhost:{self.port}{address}", timeout=LONGEST_S) as answer:
            return answer.status

    def children(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in children.read_text().split()]


def answers(served: Served) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", served.port)) == 0


def healthy(served: Served) -> bool:
    try:
        return served.get("/healthz") == 200
    except OSError:
        return False


@contextmanager
def running(instance: Path, *options: str) -> Iterator[Served]:
    """A started server, which has printed how to stop it and accepts connections."""
    port = free_port()
    process = start(instance, port, *options)
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if STARTED in line:
                break
        served = Served(process, port, "".join(lines))
        while not answers(served):
            select.select([process.stdout], [], [], 0.1)  # until there is more output or a moment has passed
            assert process.poll() is None, served.output
        yield served
    finally:
        process.terminate()
        process.communicate(timeout=LONGEST_S)


def stop(served: Served) -> tuple[int, str]:
    """Press Ctrl-C; returns the exit code and the last output."""
    served.process.send_signal(signal.SIGINT)
    said, _ = served.process.communicate(timeout=LONGEST_S)
    return served.process.returncode, said


def alive(process_id: int) -> bool:
    return Path(f"/proc/{process_id}").exists()


def editions(instance: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(instance / "exhibition.sqlite3")) as database:
        return database.execute("SELECT id, name FROM exhibition").fetchall()


def test_laptop_is_served_in_one_command_and_again_with_the_same_data(tmp_path: Path) -> None:
    with running(tmp_path) as served:
        for address in ("/", "/gate", "/desk", "/exhibitor"):
            assert f"http://localhost:{served.port}{address}\n" in served.output
        for _role, email, _name in sign_ins.PEOPLE:
            assert re.search(rf"{re.escape(email)} +\S{{16}}(  PIN \d+)?\n", served.output)
        assert (served.get("/healthz"), served.get("/")) == (200, 200)
        children = served.children()
        assert len(children) == 2
        code, said = stop(served)
    assert (code, said.splitlines()[-1]) == (0, "Stopped.")
    assert not [child for child in children if alive(child)]
    assert not answers(served)

    before = editions(tmp_path)
    with running(tmp_path) as again:
        assert again.get("/readyz") == 200
        assert "loading the demo" not in again.output
        assert served.output.split("Sign-ins")[1] == again.output.split("Sign-ins")[1]
        assert stop(again)[0] == 0
    assert editions(tmp_path) == before


def test_an_empty_start_has_no_demo_and_prints_the_code_that_makes_the_first_administrator(tmp_path: Path) -> None:
    with running(tmp_path, "--empty") as served:
        assert served.get("/") == 200
        assert f"http://localhost:{served.port}/setup\n" in served.output
        assert re.search(r"with the code (\w{4}-){2}\w{4} ", served.output)
        assert "demo" not in served.output
        assert stop(served)[0] == 0
    assert editions(tmp_path) == []


def test_a_part_that_is_killed_is_started_again_and_the_run_says_so(tmp_path: Path) -> None:
    with running(tmp_path, "--empty") as served:
        for child in served.children():
            os.kill(child, signal.SIGKILL)
            assert served.process.stdout is not None
            said = next(line for line in served.process.stdout if "ended by itself" in line)
            assert "killed by signal SIGKILL" in said
        while not healthy(served):
            select.select([], [], [], 0.1)  # the workers of the one that was killed end first
        assert len(served.children()) == 2
        assert stop(served)[0] == 0


def test_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = start(tmp_path, port)
        said, _ = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 1
    assert said.startswith(f"Error: Port {port} cannot be used")
    assert said.count("\n") == 1
    assert not (tmp_path / "exhibition.sqlite3").exists()


def test_sign_ins_are_written_for_their_owner_only(app: Flask, exhibition: Exhibition) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "sign-ins"])
    file = instance_folder() / sign_ins.FILE_NAME
    assert (result.exit_code, result.output) == (0, file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_sign_ins_made_twice_are_refused_in_one_sentence(app: Flask, exhibition: Exhibition) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["demo", "sign-ins"])
    again = runner.invoke(args=["demo", "sign-ins"])
    assert (again.exit_code, again.output.count("\n")) == (1, 1)
