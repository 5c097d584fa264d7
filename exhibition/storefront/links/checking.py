"""Whether the addresses visitors are sent to still open: rounds of polite checks, closed platforms, mails to owners.

One round at a time: it leases its links, and sends one request at a time with a pause between two to the same host.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, func, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.fetching.robots import Robots
from exhibition.storefront.links import mail as link_mail
from exhibition.storefront.models import DeadHost, LinkCheck, Listing, Storefront
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.fetching import FetchFailed
from exhibition.storefront.rules.link_health import Answer, Health, after, answer_of, is_below, next_try
from exhibition.storefront.rules.states import LinkState

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

log = logging.getLogger(__name__)

MOST_A_ROUND = 200
ROUND = timedelta(minutes=20)
"""The longest a round takes; its lease lasts a little longer, and runs out when the job was killed."""
LEASE = timedelta(minutes=25)
NOWHERE = ("example", "invalid", "test", "localhost")
"""Names reserved by RFC 2606, such as those of the demo's shops; they are never fetched and never broken."""
PAUSE_S = 2.0
"""The pause between two requests to the same host, in seconds."""


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")


def broken(exhibitor_ids: Collection[int]) -> frozenset[str]:
    """The addresses of these exhibitors that are known to be broken."""
    statement = select(LinkCheck.address).where(
        LinkCheck.exhibitor_id.in_(exhibitor_ids), LinkCheck.state == LinkState.BROKEN
    )
    return frozenset(db.session.scalars(statement)) if exhibitor_ids else frozenset()


def check_due(fetcher: "Fetcher | None" = None) -> int:
    """One round: check the links that are due and mail the owners of those that broke; returns the number checked."""
    gather()
    claimed = _claim()
    if not claimed:
        return 0
    fetcher = fetcher or user_agent.fetcher()
    try:
        tried = _try_all(claimed, fetcher)
    finally:
        _release([check_id for check_id, _address in claimed])
    link_mail.tell_owners()
    return tried


@transaction
def gather() -> None:
    """Make a row for every address that visitors are sent to, and delete those of addresses no longer in use."""
    now = clock.now()
    shown = select(Listing.exhibitor_id, Listing.link).where(Listing.link != "", Listing.gone_at.is_(None)).distinct()
    shops = select(Storefront.exhibitor_id, Storefront.url).where(Storefront.url != "")
    wanted = {(row[0], row[1]) for statement in (shown, shops) for row in db.session.execute(statement)}
    there = {
        (check.exhibitor_id, check.address): check.id
        for check in db.session.execute(select(LinkCheck.id, LinkCheck.exhibitor_id, LinkCheck.address))
    }
    dead = _dead_hosts()
    for exhibitor_id, address in sorted(wanted - there.keys()):
        host = host_of(address)
        closed = any(is_below(host, one) for one in dead)
        state, since = (LinkState.BROKEN, now) if closed else (LinkState.UNKNOWN, None)
        db.session.add(
            LinkCheck(
                exhibitor_id=exhibitor_id,
                address=address,
                host=host[:255],
                state=state,
                failing_since=since,
                next_at=now,
            )
        )
    for check_id in (there[key] for key in there.keys() - wanted):
        db.session.execute(delete(LinkCheck).where(LinkCheck.id == check_id))


def _dead_hosts() -> list[str]:
    return list(db.session.scalars(select(DeadHost.host).order_by(DeadHost.host)))


@transaction
def _claim() -> list[tuple[int, str]]:
    """Lease the due links, unless a round is under way. Links to closed platforms are not checked."""
    now = clock.now()
    if db.session.scalar(select(exists().where(LinkCheck.leased_until > now))):
        return []
    dead = [*_dead_hosts(), *NOWHERE]
    statement = select(LinkCheck).where(LinkCheck.next_at <= now).order_by(LinkCheck.next_at, LinkCheck.id)
    due = [check for check in db.session.scalars(statement) if not any(is_below(check.host, one) for one in dead)]
    for check in due[:MOST_A_ROUND]:
        check.leased_until = now + LEASE
    return [(check.id, check.address) for check in due[:MOST_A_ROUND]]


@transaction
def _release(check_ids: Sequence[int]) -> None:
    db.session.execute(update(LinkCheck).where(LinkCheck.id.in_(check_ids)).values(leased_until=None))


def _try_all(claimed: Sequence[tuple[int, str]], fetcher: "Fetcher") -> int:
    robots = Robots(fetcher)
    asked: dict[str, float] = {}
    ends, tried = time.monotonic() + ROUND.total_seconds(), 0
    for check_id, address in _taking_turns(claimed):
        if time.monotonic() > ends:
            break  # the rest is still due and comes first in the next round
        db.session.rollback()  # no transaction stays open while a server takes its time
        try:
            status, answer = _try(address, fetcher, robots, asked)
        except Exception:  # a fault of ours must not keep the others waiting
            log.exception("link %s not tried", check_id)
            status, answer = None, Answer.UNSURE
        _keep(check_id, status, answer)
        tried += 1
    return tried


def _taking_turns(claimed: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """One link of each host, then the next of each, so that pauses are spent on others."""
    hosts: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in claimed:
        hosts[host_of(one[1])].append(one)
    while hosts:
        for host in list(hosts):
            yield hosts[host].pop(0)
            if not hosts[host]:
                del hosts[host]


def _wait_for_turn(host: str, asked: dict[str, float]) -> None:
    if host in asked and (left := asked[host] + PAUSE_S - time.monotonic()) > 0:
        time.sleep(left)


def _try(address: str, fetcher: "Fetcher", robots: Robots, asked: dict[str, float]) -> tuple[int | None, Answer]:
    """HEAD, and GET where that does not say "good"; robots.txt is asked first and obeyed."""
    host, status = host_of(address), None

    def turn() -> None:
        _wait_for_turn(host, asked)
        asked[host] = time.monotonic()

    if not robots.allows(address, turn):
        return None, Answer.UNSURE
    answer = Answer.BAD
    for method in ("HEAD", "GET"):
        turn()
        try:
            status = fetcher.status(address, method=method)
        except FetchFailed:
            status = None
        finally:
            asked[host] = time.monotonic()
        answer = answer_of(status)
        if answer is Answer.GOOD:
            break
    return status, answer


@transaction
def _keep(check_id: int, status: int | None, answer: Answer) -> None:
    """Store the outcome of a check; a row that is gone, or whose platform was marked as closed meanwhile, is left
    alone.
    """
    check = db.session.get(LinkCheck, check_id, with_for_update=True)
    if check is None or any(is_below(check.host, one) for one in _dead_hosts()):
        return
    now = clock.now()
    health = after(Health(check.state, check.failures, check.failing_since), answer, now)
    if health.state is not LinkState.BROKEN:
        check.told_at = None
    check.state, check.failures, check.failing_since = health.state, health.failures, health.failing_since
    check.status, check.checked_at, check.next_at = status, now, next_try(health, now)


@transaction
def mark_host(actor: Actor, text: str) -> int:
    """Mark a platform as closed: all links to its host and hosts below it are broken at once. Returns the number of
    links.

    Raises Refused (422, field ``host``) for an invalid host name.
    """
    host = _host(text)
    now = clock.now()
    if db.session.get(DeadHost, host) is None:
        db.session.add(DeadHost(host=host, marked_by=actor.name[:120], marked_at=now))
        record(actor, "host.close", "host", host, name=host)
    checks = [check for check in db.session.scalars(select(LinkCheck)) if is_below(check.host, host)]
    for check in checks:
        check.state, check.failing_since = LinkState.BROKEN, check.failing_since or now
    link_mail.tell_owners()
    return len(checks)


def _host(text: str) -> str:
    refused = Refused(
        "host_invalid", _l("This is not a host name. Write it like bukalapak.com."), status=422, field="host"
    )
    text = text.strip().lower()
    try:
        host = host_of(seller_input.web_address(text if "://" in text else f"https://{text}"))
    except seller_input.Unreadable as error:
        raise refused from error
    if "." not in host.strip(".") or len(host) > 255:  # noqa: PLR2004 the column's length
        raise refused
    return host


@transaction
def unmark_host(actor: Actor, host: str) -> None:
    """Mark the platform as open again: its links are checked again."""
    row = db.session.get(DeadHost, host) if "\0" not in host else None
    if row is None:
        return
    db.session.delete(row)
    db.session.flush()
    record(actor, "host.open", "host", host, name=host)
    dead = _dead_hosts()
    for check in db.session.scalars(select(LinkCheck).where(LinkCheck.state == LinkState.BROKEN)):
        if is_below(check.host, host) and not any(is_below(check.host, one) for one in dead):
            check.state, check.failures, check.failing_since = LinkState.UNKNOWN, 0, None
            check.told_at, check.next_at = None, clock.now()


@dataclass(frozen=True)
class TroubledLink:
    """A link that does not open, and whose it is."""

    check: LinkCheck
    exhibitor: Exhibitor


@dataclass(frozen=True)
class LinksOverview:
    """The links for the desk; those to closed platforms are only counted."""

    alive: int
    unknown: int
    troubled: list[TroubledLink]
    hosts: list[tuple[DeadHost, int]]


def overview() -> LinksOverview:
    states = select(LinkCheck.state, func.count()).group_by(LinkCheck.state)
    counts = {state: count for state, count in db.session.execute(states)}  # noqa: C416 dict() takes no rows
    statement = (
        select(LinkCheck, Exhibitor)
        .join(Exhibitor, Exhibitor.id == LinkCheck.exhibitor_id)
        .where(LinkCheck.state.in_((LinkState.BROKEN, LinkState.FAILING)))
        .order_by(LinkCheck.state, Exhibitor.name, LinkCheck.address)
    )
    found = [TroubledLink(*row) for row in db.session.execute(statement)]
    dead = list(db.session.scalars(select(DeadHost).order_by(DeadHost.host)))
    hosts = [(one, sum(is_below(line.check.host, one.host) for line in found)) for one in dead]
    troubled = [line for line in found if not any(is_below(line.check.host, one.host) for one in dead)]
    return LinksOverview(counts.get(LinkState.ALIVE, 0), counts.get(LinkState.UNKNOWN, 0), troubled, hosts)
