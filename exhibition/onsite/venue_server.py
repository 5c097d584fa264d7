"""``flask run-venue``, which ``make run`` calls: everything one laptop at the venue needs, in one command.

It prepares the database, then runs its child processes: the web server, the job consumer, and with ``--tls`` the page
by which phones come to trust the laptop. They live and die together. Why granian, and these numbers:
docs/adr/0006-server.md; why an authority of our own: docs/adr/0012-tls-at-the-venue.md.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import exists, select

from exhibition.accounts import setup
from exhibition.core.config import PROJECT, instance_folder
from exhibition.core.db import db
from exhibition.core.i18n import TRANSLATIONS
from exhibition.core.web.server import granian_command
from exhibition.demo import badges, last_year, messages, service, sign_ins, visits
from exhibition.onsite import certificates, trust
from exhibition.onsite.certificates import Certificates
from exhibition.venue.models import Exhibition

STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.2
EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"  # noqa: S104 phones at the venue must reach it
ADDRESSES = (("visitors", "/"), ("gate", "/gate"), ("desk", "/desk"), ("exhibitors", "/exhibitor"))


@dataclass
class Child:
    """One of the processes; ``name`` is shown when it stops by itself."""

    name: str
    process: subprocess.Popen[bytes]


def compile_translations(folder: Path) -> None:
    """Compile each catalogue that is newer than its compiled form."""
    for source in folder.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        with target.open("wb") as compiled:
            write_mo(compiled, catalogue)


@dataclass(frozen=True)
class Beginning:
    """How people come in: the file of the demo's sign-ins, or the code for ``/setup`` while nobody signs in yet."""

    sign_in_file: Path | None
    setup_code: str = ""


def prepare(*, empty: bool) -> Beginning:
    """Bring the database up to date; load the demo into an empty one unless it shall stay ``empty``."""
    upgrade()
    if not empty and setup.is_open() and not db.session.scalar(select(exists().where(Exhibition.id.is_not(None)))):
        click.echo("The database is empty: loading the demo edition … For a fair of your own remove it at /desk/demo.")
        exhibition = service.load()
        visits.add(exhibition)
        badges.add(exhibition)
        messages.add(exhibition)
        last_year.add(exhibition)
        return Beginning(sign_ins.write(instance_folder(), sign_ins.create()))
    path = instance_folder() / sign_ins.FILE_NAME
    return Beginning(path if path.exists() else None, setup.make_code() if setup.is_open() else "")


def refuse_taken_port(host: str, port: int) -> None:
    """Raises ClickException when another program listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = (
                f"Port {port} cannot be used ({error.strerror}). Stop what uses it, or choose another: --port 8001."
            )
            raise click.ClickException(message) from error


def _print_table(bases: list[str], beginning: Beginning, trust: str) -> None:
    click.echo()
    if beginning.setup_code:
        click.echo(f"  Nobody signs in here yet. Set it up at {bases[0]}/setup")
        click.echo(f"  with the code {beginning.setup_code} (it works once, for a day; a new one: flask setup-code).")
        click.echo()
    for base in bases:
        for who, address in ADDRESSES:
            click.echo(f"  {who:<12} {base}{address}")
        click.echo()
    if trust:
        click.echo(f"  {'phones first':<12} {trust}/  (how they come to trust this laptop)")
        click.echo()
    if (file := beginning.sign_in_file) is not None:
        click.echo(f"  Sign-ins, also in {file}:")
        click.echo("".join(f"  {line}" for line in file.read_text().splitlines(keepends=True)))
    click.echo("  Stop with Ctrl-C.")
    click.echo()


def _start(name: str, command: list[str], settings: Mapping[str, str]) -> Child:
    # A separate session: Ctrl-C reaches only the parent, which stops all in order.
    process = subprocess.Popen(  # noqa: S603 our own commands
        command, cwd=PROJECT, start_new_session=True, env=os.environ | settings
    )
    return Child(name, process)


def _stop(children: list[Child]) -> None:
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + STOP_WITHIN_S
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK if host == EVERYWHERE else host, port)) == 0


def keep_running(start: list[Callable[[], Child]], host: str, port: int, announce: Callable[[], None]) -> str | None:
    """Run the children until a signal stops us (None) or one of them ends (its name); all are stopped then.

    ``announce`` is called once, when the port answers: nobody is sent to an address before it works.
    """
    stopped: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    children: list[Child] = []
    try:
        for begin in start:
            children += [begin()]
        announced = False
        while not stopped:
            for child in children:
                if child.process.poll() is not None:
                    return child.name
            if not announced and _answers(host, port):
                announced = True
                announce()
            time.sleep(LOOK_EVERY_S)
    finally:
        _stop(children)
        for number, handler in previous.items():
            signal.signal(number, handler)
    return None


@dataclass(frozen=True)
class _Secured:
    """The additions of ``--tls``: certificates, addresses for people, and settings of the child processes."""

    certificates: Certificates
    bases: list[str]
    trust: str
    settings: dict[str, str]


def _secure(port: int) -> _Secured:
    hosts = certificates.addresses()
    files = certificates.prepare(instance_folder() / certificates.FOLDER, hosts)
    base, own = f"https://{hosts[0]}:{port}", f"http://{hosts[0]}:{port + 1}"
    settings = {
        "EXHIBITION_PUBLIC_URL": os.environ.get("EXHIBITION_PUBLIC_URL") or base,
        "EXHIBITION_HSTS": "false",  # no HSTS: a laptop's own certificate is not for ever
        trust.CERTIFICATE: str(files.authority),
        trust.SECURE: base,
        trust.OWN: own,
    }
    return _Secured(files, list(dict.fromkeys([base, f"https://localhost:{port}"])), own, settings)


@click.command("run-venue")
@click.option("--host", default=EVERYWHERE, show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="EXHIBITION_PORT", help="Port to listen on.")
@click.option(
    "--tls", is_flag=True, help="HTTPS by an authority of this laptop; its page for phones is one port higher."
)
@click.option("--empty", is_flag=True, help="Begin without the demo: the console prints a code for /setup.")
@with_appcontext
def command(host: str, port: int, *, tls: bool, empty: bool) -> None:
    """Prepare the database, load the demo into an empty one, and serve until Ctrl-C."""
    for wanted in (port, port + 1) if tls else (port,):
        refuse_taken_port(host, wanted)
    compile_translations(TRANSLATIONS)
    beginning = prepare(empty=empty)
    db.session.remove()
    db.engine.dispose()
    secured = _secure(port) if tls else None
    bases, page = (secured.bases, secured.trust) if secured else ([f"http://localhost:{port}"], "")
    click.echo("Starting …")
    ended = keep_running(_children(host, port, secured), host, port, lambda: _print_table(bases, beginning, page))
    if ended is not None:
        raise click.ClickException(
            f"The {ended} stopped by itself, so everything is stopped; its last lines are above."
        )
    click.echo("Stopped.")


def _children(host: str, port: int, secured: _Secured | None) -> list[Callable[[], Child]]:
    """The child processes and their commands."""
    jobs = [sys.executable, "-m", "flask", "--app", "app", "jobs", "run"]
    if secured is None:
        web, settings = granian_command("app:app", host, port), {}
    else:
        files, settings = secured.certificates, secured.settings
        web = granian_command("app:app", host, port, certificate=files.certificate, key=files.key)
    children = [lambda: _start("web server", web, settings), lambda: _start("job consumer", jobs, settings)]
    if secured is not None:
        page = granian_command("exhibition.onsite.trust:app", host, port + 1)
        children.append(lambda: _start("page for phones", page, settings))
    return children
