"""Every page of the application, found by walking its URL map: axe finds nothing, and nothing scrolls sideways."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_security.recoverable import generate_reset_password_token
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select, update
from werkzeug.routing import Rule

from exhibition.accounts import invitations
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import Access
from exhibition.allocation.selection import service as selection
from exhibition.badges import service as badges
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.extensions import limiter
from exhibition.demo import badges as demo_badges
from exhibition.demo import service as demo
from exhibition.demo import sign_ins, visits
from exhibition.demo import visitors as demo_visitors
from exhibition.editions import session_changes
from exhibition.editions.rules.session_acts import OtherTimes
from exhibition.exhibitors.applications import bulk, calls, documents
from exhibition.exhibitors.applications import imports as application_imports
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.desk import Filter
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.exhibitors.rules.application_steps import Step, StepTaker
from exhibition.storefront import clusters, editors, moderation
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.importing import import_runs, shop_reading
from exhibition.storefront.links import checking as links
from exhibition.storefront.models import Listing
from exhibition.storefront.visits import sheet_runs
from exhibition.venue import layouts
from exhibition.venue.bulk import acts as bulk_acts
from exhibition.venue.plan import imports as plan_imports
from exhibition.venue.plan import versions as plan_versions
from exhibition.visitors import phone_notices, slots
from exhibition.visitors import service as registrations
from exhibition.visitors.groups import service as groups
from exhibition.visitors.groups.rules import ListedParty
from exhibition.visitors.models import Registration, TimeSlot
from exhibition.visitors.passes import lost_links, viewing
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rush import tickets
from exhibition.visitors.rush.tickets import Ticket
from exhibition.visitors.waiting import service as waiting_lists
from tests.conftest import empty, session_of
from tests.fairs import the_fair
from tests.gate import world
from tests.messages import world as messages_world

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
FIND_VIOLATIONS = """(rules) => axe
    .run(document, {resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})})
    .then(({violations}) => violations.map(
        ({id, nodes}) => `${id}: ${nodes.map(({target}) => target.join(' ')).slice(0, 3).join(', ')}`))"""
CHANGED_BY_DARK = ["color-contrast"]
"""What dark colours can change; all else was looked at in light ones."""
FIND_WIDE = """[...document.body.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map((element) => element.outerHTML.slice(0, 80))"""
FIND_BROKEN_WORDS = r"""() => {
    const found = new Set();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
        const apart = '.table-frame, .chart-frame, .plan-frame, .visually-hidden, .skip, script, noscript';
        if (text.parentElement.closest(apart)) continue;
        for (const word of text.data.matchAll(/(?<=^|\s)\p{L}{2,10}(?=[.,:;!?)…]*(?:\s|$))/gu)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map(({top}) => Math.round(top)));
            if (lines.size > 1) found.add(word[0]);
        }
    }
    return [...found].slice(0, 5);
}"""
"""Words of up to ten letters that are broken over lines: columns of letters."""
PHONE: ViewportSize = {"width": 360, "height": 740}
SCREEN: ViewportSize = {"width": 1280, "height": 800}
SMALL: ViewportSize = {"width": 320, "height": 640}

NOT_PAGES = {
    "static": "files",
    "core.healthz": "plain text for monitoring",
    "core.readyz": "plain text for monitoring",
    "accounts.start": "leads on to a desk",
    "security.logout": "leads on to the front page",
    "allocation.export_csv": "a file",
    "allocation.export_xlsx": "a file",
    "allocation.exhibitors_csv": "a file",
    "allocation.exhibitors_xlsx": "a file",
    "looks.stylesheet": "styles",
    "selection.data": "a file",
    "looks.logo": "a picture",
    "applications.document": "a download",
    "applications_desk.document": "a download",
    "applications_desk.export_csv": "a file",
    "applications_desk.export_xlsx": "a file",
    "badges.own_pdf": "a PDF",
    "badges.pdf": "a PDF",
    "takings_desk.as_pdf": "a PDF",
    "takings_desk.as_xlsx": "a file",
    "hall.export": "a file",
    "hall.picture": "a picture",
    "hall_grid.sketch": "the drawing in a page",
    "exhibitor_desk.sign_pdf": "a PDF",
    "exhibitor_desk.sign_picture": "a picture",
    "storefront.signs": "a PDF",
    "storefront.short": "leads on to the booth",
    "storefront.outbound": "leads on to a shop",
    "storefront.cluster_order": "leads on to a chat",
    "storefront.statistics_csv": "a file",
    "storefront.statistics_pdf": "a PDF",
    "storefront.sheets_pdf": "a PDF",
    "storefront.sheets_zip": "a file",
    "reports.statistics_csv": "a file",
    "reports.comparison_csv": "a file",
    "reports.protocol_pdf": "a PDF",
    "reports.protocol_xlsx": "a file",
    "reports.export": "a file",
    "reports.plan_pdf": "a PDF",
    "storefront.picture": "a picture",
    "storefront.robots": "plain text for robots",
    "storefront.sitemap": "a list for search engines",
    "storefront.feed_xml": "a file",
    "storefront.feed_csv": "a file",
    "visitors.group_pdf": "a PDF",
    "groups.pdf": "a PDF",
    "applications_desk.withdraw": "as that of registrations, below",
    "visitors_desk.withdraw": "leads on to the list until that is narrowed, so it stands among the states of the list",
    "passes.copy": "a file",
    "passes.kept": "what a phone keeps of the pass page, which stands among its states",
    "passes.view_kept": "the same of a pass that is shown",
    "passes.now": "JSON",
    "passes.view_now": "JSON",
    "passes.picture": "a picture",
    "passes.pdf": "a PDF",
    "passes.view_pdf": "a PDF",
    "passes.google": "leads on to a wallet",
    "passes.apple": "a file",
    "passes.service_worker": "a script",
    "visitors.calendar": "a calendar file",
    "visitors.picture": "a picture",
    "allocation.live": "server-sent events",
    "allocation.poll": "numbers for the plan that is open",
    "reports.live": "server-sent events",
    "gate.live": "server-sent events",
    "visitors.live": "server-sent events",
    "gate.service_worker": "a script",
    "gate.reading_worker": "a script",
    "gate.manifest": "a description for the phone",
    "reports.poll": "JSON",
    "reports.curve": "JSON",
}
"""Routes that answer GET with something other than a page, or with an empty one."""

STATES = {
    "visitors.pass_page": ("/p/{cancelled_key}", "/p/{manage_key}/kept"),
    "passes.asked": ("/tiket/diminta?by=phone",),
    "visitors.register": ("/daftar?slot={slot_id}",),
    "visitors.place": ("/tunggu/{offered_key}",),
    "visitors.wait": ("/tunggu?slot_id={full_slot_id}",),
    "badges.desk": ("/desk/badges?q=nobody-of-this-name",),
    "allocation.plan": ("/desk/plan?booth=A01", "/desk/plan?booth=J04"),
    "visitors_desk.registrations": (
        "/desk/registrations?q=siti",
        "/desk/registrations?q=nobody-of-this-name",
        "/desk/registrations?contact=@example.com",
        "/desk/registrations/withdraw?contact=@example.com",
    ),
    "desk_search.show": tuple(f"/desk/search?q={words}" for words in ("kopi", "hold+A01+for+kopi", "no-such-name")),
    "messages.message": ("/desk/messages/{sent_id}", "/desk/messages/{message_id}?q=nobody-of-this-name"),
    "messages.write": ("/desk/messages/new?group=exhibitors",),
    "storefront.booth": ("/stan/J04", "/stan/Z99"),
    "applications.show": ("/daftar-stan/{draft_key}",),
    "applications_desk.show": (
        "/desk/applications?state=draft",
        "/desk/applications?q=nobody-of-this-name",
        "/desk/applications?contact=@example.com",
        "/desk/applications/withdraw?contact=@example.com",
    ),
    "application_imports.show": ("/desk/applications/import/{matching_id}",),
    "storefront.booths": (
        "/stan?search=kopi",
        "/stan?search=keripk",
        "/stan?search=xyzzyxyzzy",
        "/stan?highest=mahal&zone=Kuliner",
    ),
    "storefront.favourites": ("/favorit?stan=keripik-bu-tini&stan=kopi-ngipik&produk=1&produk=999999",),
    "storefront.cluster": ("/klaster/camilan",),
    "storefront.statistics": ("/exhibitor/statistics?period=fair",),
}
"""Further states of pages, by endpoint, beyond the one at the plain address."""

SHOWN_TO = {
    "security.two_factor_token_validation": "between the steps",
    "security.mf_recovery": "between the steps",
    "storefront.own": "newcomer",
}
"""Pages that only people in a certain state see: the password was right and the second step is still to come; an
exhibitor's person without an exhibitor."""


@dataclass(frozen=True)
class Fair:
    """The demo edition behind a server, with a session for each kind of user."""

    app: Flask
    server: str
    parameters: dict[str, Any]
    sessions: dict[str, dict[str, Any]]

    def address(self, rule: Rule) -> str:
        """The rule's address with an existing value for each of its parameters."""
        return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: str(self._parameter(rule, match[1])), rule.rule)

    def _parameter(self, rule: Rule, name: str) -> Any:
        key = f"{rule.endpoint} {name}"
        return self.parameters[key if key in self.parameters else name]

    def pages(self) -> Iterator[tuple[str, str | None]]:
        """The address of every page and the kind of user who opens it."""
        for rule in self.app.url_map.iter_rules():
            if "edition" in rule.arguments:
                continue  # the same page, with the edition's name in its address
            access = ROUTES[rule.endpoint]
            if "GET" not in (rule.methods or ()) or rule.rule.startswith("/api/"):
                continue
            if access is not Access.NOBODY and rule.endpoint not in NOT_PAGES:
                who = SHOWN_TO.get(rule.endpoint, PEOPLE[access])
                yield self.address(rule), who
                for state in STATES.get(rule.endpoint, ()):
                    yield state.format_map(self.parameters), who


PEOPLE = {
    Access.PUBLIC: "anybody",
    Access.KEY: "anybody",
    Access.SIGNED_IN: RoleName.ORGANIZER,
    Access.ADMINISTRATOR: RoleName.ORGANIZER,
    Access.ORGANIZER: RoleName.ORGANIZER,
    Access.GATE: RoleName.GATE,
    Access.EXHIBITOR: RoleName.EXHIBITOR,
}


KINDS = ("anybody", RoleName.ORGANIZER, RoleName.GATE, RoleName.EXHIBITOR, *sorted(set(SHOWN_TO.values())))


@transaction
def _invitation_token() -> str:
    invitation = invitations.invite(COMMAND_LINE, "new@example.com", RoleName.GATE, name="Wahyu")
    invitation.token_hash = invitations._hash("token-of-the-mail")
    return "token-of-the-mail"


@transaction
def _careful_organizer() -> User:
    """A user with a second step at sign-in."""
    user = create_user(COMMAND_LINE, "careful@example.com", RoleName.ORGANIZER, name="Ratna")
    user.tf_primary_method, user.tf_totp_secret = "authenticator", '{"key": "of an app"}'
    return user


def _preview(slug: str) -> int:
    """An import that waits to be published, and an entry of every kind for the desk."""
    editor = editors.Editor(COMMAND_LINE, organizer=True)
    table = b"id,title,price\n1,Batik,35000 IDR\n2,,12000 IDR\n3,Kain,murah\n"
    run_id = import_runs.start(
        editor, slug, import_runs.ImportRequest(upload=import_runs.Upload("products.csv", table))
    ).id
    shop_reading.work(run_id, user_agent.fetcher())
    ids = db.session.scalars(select(Listing.id).order_by(Listing.id).limit(3)).all()
    moderation.set_words(COMMAND_LINE, the_fair(), "rempeyek")
    moderation.report(ids[0], "wrong_price", "Di toko lebih murah")
    links.gather()
    links.mark_host(COMMAND_LINE, "closed.example")
    clusters.set_contact(COMMAND_LINE, "camilan", clusters.ORGANIZER, name="Ratna", whatsapp="0812 3456 7890")
    return run_id


def _applications() -> dict[str, Any]:
    """An application of every kind of page, with a file, and two imports of lists."""
    exhibition = the_fair()
    values = {"name": "Dodol Baru", "phone": "081234567890", "product_group": "Camilan", "district": "Bawen"}
    draft = applications.begin(exhibition, values)
    handed_in = applications.begin(exhibition, values | {"contact_name": "Sari"})
    documents.add(COMMAND_LINE, handed_in.id, "nib.pdf", b"%PDF-1.4\n%%EOF\n")
    applications.submit(COMMAND_LINE, StepTaker.APPLICANT, exhibition, handed_in, consent=True)
    table = b"nama,hp,stan\nKopi Satu,081234567001,C03\nKopi Dua,bukan nomor,Z99\n"
    runs = [application_imports.start(COMMAND_LINE, exhibition, "daftar.csv", table) for _ in range(2)]
    application_imports.match(runs[0], runs[0].columns)
    application_imports.work(runs[0].id)
    survey = bulk.survey(exhibition, Filter(words="Dodol Baru"))
    shortlisting = bulk_acts.begin(COMMAND_LINE, exhibition, bulk.SUBJECT, Step.SHORTLIST, survey, survey.count)
    bulk_acts.carry_out(shortlisting.id)
    calls.draw(COMMAND_LINE, exhibition)
    selection.publish(COMMAND_LINE, exhibition)
    return {
        "bulk_acts.show number": shortlisting.id,
        "key": handed_in.key,
        "draft_key": draft.key,
        "part": "stan",
        "application_id": handed_in.id,
        "application_imports.show run_id": runs[0].id,
        "matching_id": runs[1].id,
    }


def _plan_version() -> int:
    """A version with problems, to go back from."""
    exhibition = the_fair()
    now = plan_versions.current(exhibition)
    booths = tuple(replace(booth, x=booth.x + 1.5) if booth.code == "A02" else booth for booth in now.booths)
    changed = replace(now, booths=booths)
    return plan_versions.save(COMMAND_LINE, exhibition, changed, seen=now.mark, knowing=True).number - 1


def _plan_file() -> int:
    """A list of booths that waits to be confirmed, with something of every kind to say."""
    rows = b"stan,x,y,lebar,tinggi\nZ1,40,4,2,2\nA01,2,4,2,2\nZ1,50,4,2,2\nZ2,,,2,2\n,1,1,1,1\nZ4,kiri,1,1,1\n"
    return plan_imports.begin(COMMAND_LINE, the_fair(), "denah-dari-panitia.csv", rows)


def _change() -> int:
    """Sessions whose people all have no address, moved by a quarter of an hour; somebody is to be called."""
    slot = world.coming_slots()[0]
    registrations.register(Party(slot.id, "Ibu Sari", None, "+6281234567890", 2, "id"))
    lost_links.ask(None, "+6281234567890", "id")
    act = OtherTimes({slot.id: (slot.starts_at + timedelta(minutes=15), slot.ends_at)})
    return session_changes.do(COMMAND_LINE, the_fair(), act).change_id


def _parameters(slug: str) -> dict[str, Any]:
    listing_id = db.session.scalars(
        select(Listing.id).join(Exhibitor, Exhibitor.id == Listing.exhibitor_id).where(Exhibitor.slug == slug)
    ).first()
    passes = db.session.scalars(select(Registration).order_by(Registration.id).limit(2)).all()
    registrations.cancel(passes[1].manage_key)
    run_id = _preview(slug)
    applied = _applications()
    somebody = db.session.scalars(select(User).order_by(User.id)).first()
    return (
        applied
        | _messages()
        | _waiting()
        | {
            "slug": slug,
            "storefront.cluster slug": "kopi",
            "code": "A01",
            "listing_id": listing_id,
            "run_id": run_id,
            "manage_key": passes[0].manage_key,
            "view_key": viewing.key_of(registrations.find(passes[0].manage_key)),
            "cancelled_key": passes[1].manage_key,
            "registration_id": passes[0].id,
            "slot_id": world.open_slot(passes[0].exhibition_id).id,
            "mail_texts.edit kind": "visitor.pass",
            "hall.version number": _plan_version(),
            "hall_import.preview number": _plan_file(),
            "edition_changes.change change_id": _change(),
            "layout_id": layouts.draft(COMMAND_LINE, the_fair(), "Rancangan", ["A02"]),
            "badges.on_phone token": badges.signed(the_fair(), badges.holders(the_fair()))[0][1],
            "takings.by_badge token": badges.signed(the_fair(), badges.holders(the_fair()))[0][1],
            "takings.by_link key": _acting_key(),
            "takings_desk.correct day": the_fair().starts_on.isoformat(),
            "security.reset_password token": generate_reset_password_token(somebody),
            "accounts.accept token": _invitation_token(),
        }
    )


def _acting_key() -> str:
    """Of an application whose link acts for an exhibitor."""
    return db.session.scalars(select(Application.key).where(Application.acting).order_by(Application.id)).first() or ""


def _waiting() -> dict[str, Any]:
    """A full session with somebody who waits and somebody with an offer, and a pass to be sent to a phone."""
    _first, second, slot = world.coming_slots(3)
    held = registrations.register(Party(slot.id, "Pak Budi", None, "+6281234567893", 2, "id"))
    other = registrations.register(Party(slot.id, "Bu Sri", None, "+6281234567894", 1, "id"))
    transaction(phone_notices.ask)(other.registration_id)
    full = slots.get(the_fair(), slot.id).issued
    transaction(lambda: db.session.execute(update(TimeSlot).where(TimeSlot.id == slot.id).values(capacity=full)))()
    offered, waits = (
        waiting_lists.join(Party(slot.id, name, None, f"+628123456789{number}", people, "id"))
        for number, (name, people) in enumerate((("Bu Ani", 2), ("Mas Tono", 4)), start=1)
    )
    registrations.cancel(held.manage_key)
    group = groups.create(COMMAND_LINE, the_fair(), groups.GroupDetails("SDN 2 Bawen", "Bu Rina", "+6281234567895", 30))
    groups.register(
        group,
        second.id,
        [ListedParty("Bu Sri", 3), ListedParty("Pak Budi", 1)],
        locale="id",
        origin="0" * 16,
    )
    return {
        "visitors.place key": waits,
        "visitors.stand_in_line ticket": tickets.seal(
            Ticket(Party(second.id, "Bu Tutik", None, None, 2, "id"), clock.now().timestamp() + 86_400, "")
        ),
        "offered_key": offered,
        "full_slot_id": slot.id,
        "visitors.group code": group.code,
        "groups.one group_id": group.id,
    }


def _messages() -> dict[str, Any]:
    """A draft, and a message that is sent, also to somebody who only has a phone."""
    exhibition = the_fair()
    messages_world.register(exhibition, "Wati", None, phone="+6281234567896")
    draft, sent = messages_world.written(exhibition), messages_world.written(exhibition)
    messages_world.confirm(exhibition, sent)
    return {"message_id": draft.id, "sent_id": sent.id, "messages.phones_page message_id": sent.id}


def _sessions() -> dict[str, dict[str, Any]]:
    """The contents of the session cookie of each kind of user."""
    users = {user.roles[0].name: user for user in db.session.scalars(select(User).order_by(User.id.desc()))}
    return {role: session_of(user) for role, user in users.items()} | {
        "anybody": {},
        "newcomer": session_of(create_user(COMMAND_LINE, "newcomer@example.com", RoleName.EXHIBITOR, name="Dewi")),
        "between the steps": {"tf_user_id": _careful_organizer().fs_uniquifier, "tf_state": "ready"},
    }


@pytest.fixture(scope="module")
def fair(browser_app: Flask, server: str) -> Fair:
    empty(browser_app)
    with browser_app.app_context():
        limiter.reset()
        exhibition = demo.load(open_now=True)
        demo_visitors.add(exhibition, 30)
        visits.add(exhibition)
        demo_badges.add(exhibition)
        sheet_runs.make_sheets.call_local(sheet_runs.start(COMMAND_LINE, exhibition).id)
        sign_ins.create()
        return Fair(browser_app, server, _parameters(sign_ins.EXHIBITOR_SLUG), _sessions())


def _open(fair: Fair, browser: Browser, who: str) -> Page:
    """A page in the browser of a signed-in user of this kind."""
    context = browser.new_context(base_url=fair.server, viewport=PHONE, bypass_csp=True, reduced_motion="reduce")
    client = fair.app.test_client()
    with client.session_transaction() as session:
        session.update(fair.sessions[who])
    if cookie := client.get_cookie("session"):
        context.add_cookies([{"name": "session", "value": cookie.value, "url": fair.server}])
    return context.new_page()


def faults_of(page: Page) -> set[str]:
    """The faults of the page as shown now: on a phone and on a screen, in light and dark mode."""
    faults = set()
    page.evaluate(AXE)
    for viewport in (PHONE, SCREEN):
        page.set_viewport_size(viewport)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            rules = None if scheme == "light" else CHANGED_BY_DARK
            faults |= {f"{fault} ({viewport['width']}, {scheme})" for fault in page.evaluate(FIND_VIOLATIONS, rules)}
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.add(f"wider than {viewport['width']}: {page.evaluate(FIND_WIDE)}")
    page.set_viewport_size(PHONE)
    return faults


def faults_in_large_text(page: Page) -> set[str]:
    """The faults of the page, with all that is folded or waiting shown, on a small phone with text twice as large."""
    page.set_viewport_size(SMALL)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate("for (const one of document.querySelectorAll('main > section[hidden]')) one.hidden = false")
    faults = set()
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.add(f"large text, wider than {SMALL['width']}: {page.evaluate(FIND_WIDE)}")
    if broken := page.evaluate(FIND_BROKEN_WORDS):
        faults.add(f"large text, broken words: {broken}")
    return faults


def test_every_page_is_known(fair: Fair) -> None:
    shown = {rule.endpoint for rule in fair.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert NOT_PAGES.keys() - shown - {"security.logout"} == set(), "no routes, or none that answer GET"
    assert STATES.keys() <= shown
    pages = list(fair.pages())
    assert len(pages) > 40
    assert {who for _, who in pages} == set(KINDS)


@pytest.mark.parametrize("who", KINDS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(fair: Fair, browser: Browser, who: str) -> None:
    page = _open(fair, browser, who)
    faults = {}
    for address in [address for address, people in fair.pages() if people == who]:
        answer = page.goto(address)
        assert answer is not None
        assert answer.headers["content-type"].startswith("text/html"), f"{address} is no page: name it in NOT_PAGES"
        assert answer.request.redirected_from is None, f"{address} leads on to {page.url}"
        if found := faults_of(page):
            faults[address] = sorted(found)
    page.context.close()
    assert faults == {}


def test_text_twice_as_large_fits_the_smallest_phone(fair: Fair, browser: Browser) -> None:
    """The pages of visitors, applicants and gates."""
    page = _open(fair, browser, "anybody")
    faults = {}
    for address in [address for address, people in fair.pages() if people == "anybody"]:
        page.goto(address)
        if found := faults_in_large_text(page):
            faults[address] = sorted(found)
    page.context.close()
    assert faults == {}


@pytest.mark.parametrize(
    "address", ["/", "/daftar", "/stan/A01", "/stan?search=keripk", "/favorit", "/gate", "/login", "/nothing-here"]
)
def test_axe_finds_nothing_in_english(fair: Fair, browser: Browser, address: str) -> None:
    page = _open(fair, browser, "anybody")
    page.goto(f"{address}?lang=en")
    assert faults_of(page) == set()
    page.context.close()


@pytest.mark.parametrize("address", ["/desk", "/desk/plan?booth=A01", "/desk/edition", "/exhibitor/profile"])
def test_the_desk_reads_as_well_in_english(fair: Fair, browser: Browser, address: str) -> None:
    page = _open(fair, browser, RoleName.EXHIBITOR if address.startswith("/exhibitor") else RoleName.ORGANIZER)
    page.goto(f"{address}{'&' if '?' in address else '?'}lang=en")
    assert faults_of(page) == set()
    page.context.close()
