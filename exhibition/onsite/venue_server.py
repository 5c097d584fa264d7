"""``flask run-venue``, which ``make run`` calls: everything one laptop at the venue needs, in one command.

It prepares the database, then runs its child processes: the web server, the job consumer, and with ``--tls`` the page
by which phones come to trust the laptop. One that dies is started again. Why so: docs/adr/0006-server.md and
docs/adr/0017-whole-requests.md; why an authority of our own: docs/adr/0012-tls-at-the-venue.md.
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
from exhibition.core.serving.command import server_command
from exhibition.core.serving.processes import KeptProcess, stop
from exhibition.demo import badges, full_session, last_year, messages, service, sign_ins, visits
from exhibition.onsite import certificates, trust
from exhibition.onsite.certificates import Certificates
from exhibition.venue.models import Exhibition

STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.2
EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"  # noqa: S104 phones at the venue must reach it
ADDRESSES = (("visitors", "/"), ("gate", "/gate"), ("desk", "/desk"), ("exhibitors", "/exhibitor"))


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
        full_session.add(exhibition)
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


def _start(command: list[str], settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A separate session: Ctrl-C reaches only the parent, which stops all in order.
    return subprocess.Popen(  # noqa: S603 our own commands
        command, cwd=PROJECT, start_new_session=True, env=os.environ | settings
    )


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK if host == EVERYWHERE else host, port)) == 0


def keep_running(begin: Callable[[], list[KeptProcess]], host: str, port: int, announce: Callable[[], None]) -> bool:
    """Run the processes until a signal stops us (True), or one of them ends again and again (False).

    ``announce`` is called once, when the port answers: nobody is sent to an address before it works.
    """
    stopped: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    processes: list[KeptProcess] = []
    try:
        processes = begin()
        announced = False
        while not stopped:
            if not all(process.look() for process in processes):
                return False
            if not announced and _answers(host, port):
                announced = True
                announce()
            time.sleep(LOOK_EVERY_S)
    finally:
        stop(processes, STOP_WITHIN_S)
        for number, handler in previous.items():
            signal.signal(number, handler)
    return True


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
    if not keep_running(lambda: _begin(host, port, secured), host, port, lambda: _print_table(bases, beginning, page)):
        raise click.ClickException("Something did not start, so everything was stopped; the reason is above.")
    click.echo("Stopped.")


def _begin(host: str, port: int, secured: _Secured | None) -> list[KeptProcess]:
    """Start the processes."""
    jobs = [sys.executable, "-m", "flask", "--app", "app", "jobs", "run"]
    files = secured.certificates if secured else None
    settings = secured.settings if secured else {}
    certificate, key = (files.certificate, files.key) if files else (None, None)
    web = server_command("app:app", host, port, certificate=certificate, key=key)
    commands = {"web server": web, "job consumer": jobs}
    if secured is not None:
        commands["page for phones"] = server_command("exhibition.onsite.trust:app", host, port + 1, workers=1)
    return [
        KeptProcess(name, lambda command=command: _start(command, settings), lambda text: click.echo(text, err=True))
        for name, command in commands.items()
    ]
