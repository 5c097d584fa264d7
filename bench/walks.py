"""The walk of a request through the code: which modules it enters, in order, and how often it returns to one.

Prints it for a scan, a registration, a booth hold, a hold that takes over a lapsed offer, and a shop import.

usage: python -m bench.walks [NAME …]

An *entry* is a call from one module of ``exhibition/`` into another, with whatever libraries in between; the same
entries in the same order right after (a loop) count once, and returning is none. A *step back* is an entry into a
module that was entered before; *recursion* one into a module that waits for the call itself. *Depth* is how many
modules wait at most. Counted apart are the ground that all stand on (``GROUND``: ``exhibition.core`` with database,
clock and errors, and what runs at every request or flush) and plain functions of values (``PURE``), which answer and
lead nowhere; who is called through them counts as called by their caller. Bodies of classes and modules, and code that
dataclasses generate, do not count. Each request is made twice and the second is shown: the first one fills caches.
"""

import inspect
import io
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.accounts.sign_in import sign_ins
from exhibition.allocation import service as allocation
from exhibition.allocation.models import Allocation
from exhibition.core import clock, jobs
from exhibition.core.config import PROJECT
from exhibition.core.db import db, transaction
from exhibition.demo import service as demo
from exhibition.factory import create_app
from exhibition.gate.devices import enrol, make_enrolment_code
from exhibition.gate.models import Gate
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import TimeSlot

HOUSE = f"{PROJECT}/exhibition/"
GROUND = (
    "core",
    "accounts.models",
    "accounts.rights",
    "accounts.web.access",
    "accounts.web.datastore",
    "accounts.web.setup_views",
    "accounts.web.signin",
    "storefront.catalogue.known_words",
    "venue.edition.choice",
    "venue.web.named_edition",
    "factory",
)
"""Names of modules and packages. The known words of the search listen to what every transaction writes."""
PURE = ("rules", "reading", "solver", "tokens")
"""Folders and modules of plain functions: asked, and back at once; nothing happens there."""
SLUG = "keripik-bu-tini"


@dataclass
class Walk:
    """The entries in order: from which module into which, named without ``exhibition.``."""

    entries: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    ground: set[str] = field(default_factory=set[str])
    rules: set[str] = field(default_factory=set[str])
    depth: int = 0
    recursions: int = 0

    def enter(self, caller: str, module: str) -> None:
        """Record an entry; drop it with those before it when they only repeat a stretch of the walk."""
        self.entries.append((caller, module))
        for length in range(1, len(self.entries) // 2 + 1):
            if self.entries[-length:] == self.entries[-2 * length : -length]:
                del self.entries[-length:]
                return

    @property
    def rooms(self) -> set[str]:
        return {module for _caller, module in self.entries}

    @property
    def steps_back(self) -> int:
        return len(self.entries) - len(self.rooms)


def _module(frame: FrameType) -> str:
    """The module of ``exhibition/`` that this function is in; empty for any other."""
    code = frame.f_code
    if not code.co_filename.startswith(HOUSE) or not code.co_flags & inspect.CO_OPTIMIZED:
        return ""
    return code.co_filename.removeprefix(HOUSE).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_pure(module: str) -> bool:
    return not set(PURE).isdisjoint(module.split(".")[1:])


def _is_ground(module: str) -> bool:
    return module.startswith(tuple(f"{name}." for name in GROUND)) or module in GROUND


def _callers(frame: FrameType) -> Iterator[str]:
    """The modules whose functions wait for this one, the nearest first."""
    above = frame.f_back
    while above is not None:
        if module := _module(above):
            yield module
        above = above.f_back


@contextmanager
def walked() -> Iterator[Walk]:
    """Record entries in this thread while the block runs."""
    walk = Walk()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or not (module := _module(frame)):
            return
        if _is_ground(module):
            walk.ground.add(module)
            return
        if _is_pure(module):
            walk.rules.add(module)
            return
        waiting = [caller for caller in _callers(frame) if not (_is_ground(caller) or _is_pure(caller))]
        if waiting[:1] != [module]:
            walk.enter(waiting[0] if waiting else "", module)
            walk.depth = max(walk.depth, len(set(waiting)) + 1)
            walk.recursions += module in waiting

    sys.setprofile(note)
    try:
        yield walk
    finally:
        sys.setprofile(None)


@dataclass(frozen=True)
class World:
    """The demo edition, open now, with a device at a gate and an organizer who is signed in."""

    exhibition: Exhibition
    device: str
    visitor: FlaskClient
    organizer: FlaskClient


@contextmanager
def _world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="exhibition-") as folder:
        settings = {"INSTANCE_PATH": folder, "PUBLIC_URL": "http://localhost", "RATELIMIT_ENABLED": "false"}
        app = create_app(settings, testing=True)
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            upgrade()
            exhibition = demo.load(open_now=True)
            gate_id = db.session.scalars(select(Gate.id)).first() or 0
            device = enrol(make_enrolment_code(COMMAND_LINE, exhibition, gate_id), "walk")[0]
            yield World(exhibition, device, app.test_client(), _signed_in(app))
            db.session.remove()
            app.extensions["jobs"].close()
            db.engine.dispose()


def _signed_in(app: Flask) -> FlaskClient:
    user = create_user(COMMAND_LINE, "organizer@example.com", RoleName.ORGANIZER, name="Ratna")
    client = app.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": sign_ins.begin(user.id), "_fresh": True, "fs_cc": "set"})
    return client


def _registration(world: World) -> tuple[Walk, dict[str, Any]]:
    now = clock.now()
    open_now = select(TimeSlot.id).where(TimeSlot.starts_at <= now, TimeSlot.ends_at > now)
    form = {"slot_id": db.session.scalars(open_now).first(), "name": "Siti", "party_size": 1, "consent": True}
    with walked() as walk:
        answer = world.visitor.post("/api/v1/registrations", json=form)
    assert answer.status_code == 201, answer.text
    return walk, answer.json or {}


def registration(world: World) -> Walk:
    return _registration(world)[0]


def scan(world: World) -> Walk:
    token = _registration(world)[1]["pass"]["token"]
    call = {"nonce": secrets.token_hex(8), "token": token, "direction": "entry"}
    with walked() as walk:
        answer = world.visitor.post(
            "/api/v1/gate/scans", json=call, headers={"Authorization": f"Bearer {world.device}"}
        )
    assert (answer.json or {}).get("verdict") == "accepted", answer.text
    return walk


def _hold(world: World, code: str) -> Walk:
    exhibitor_id = allocation.without_booth(world.exhibition)[0].id
    with walked() as walk:
        answer = world.organizer.post("/desk/plan/hold", data={"booth": code, "exhibitor_id": exhibitor_id})
    assert answer.status_code == 302, answer.text
    return walk


def hold(world: World) -> Walk:
    return _hold(world, next(booth.code for booth in allocation.plan(world.exhibition) if booth.state == "open"))


@transaction
def _let_lapse(allocation_id: int) -> None:
    db.session.execute(update(Allocation).where(Allocation.id == allocation_id).values(expires_at=clock.now()))


def hold_after_offer(world: World) -> Walk:
    """Hold a booth whose offer to another exhibitor has expired."""
    booth = next(booth for booth in allocation.plan(world.exhibition) if booth.state == "offered")
    assert booth.claim is not None
    _let_lapse(booth.claim.allocation_id)
    return _hold(world, booth.code)


def shop_import(world: World) -> Walk:
    """Upload a product list, and run the job that reads it."""
    listings = b"id,title,price,link,availability\nK-1,Keripik,15000,https://shop.example/1,in stock\n"
    address = f"/exhibitor/listings/{SLUG}/import"
    with walked() as walk:
        file = (io.BytesIO(listings), "products.csv")
        answer = world.organizer.post(address, data={"file": file, "currency": "IDR"})
        while jobs.huey.pending_count() and (task := jobs.huey.dequeue()) is not None:
            jobs.huey.execute(task)
    assert answer.status_code == 302, answer.text
    world.organizer.post(f"{answer.headers['Location']}/cancel")
    return walk


WALKS: dict[str, Callable[[World], Walk]] = {
    "scan": scan,
    "registration": registration,
    "hold": hold,
    "hold-after-offer": hold_after_offer,
    "import": shop_import,
}


COLUMNS = ("rooms", "entries", "steps back", "recursions", "depth", "rules", "ground")


def main() -> None:
    names = sys.argv[1:] or list(WALKS)
    with _world() as world:
        found: dict[str, Walk] = {}
        for name in names:
            WALKS[name](world)
            found[name] = WALKS[name](world)
    for name, walk in found.items():
        print(f"{name}:")
        for caller, module in walk.entries:
            print(f"    {caller or 'request'} → {module}")
    print(f"\n{'walk':<20}", *(f"{column:>11}" for column in COLUMNS))
    for name, walk in found.items():
        counts = (
            len(walk.rooms),
            len(walk.entries),
            walk.steps_back,
            walk.recursions,
            walk.depth,
            len(walk.rules),
            len(walk.ground),
        )
        print(f"{name:<20}", *(f"{count:>11}" for count in counts))


if __name__ == "__main__":
    main()
