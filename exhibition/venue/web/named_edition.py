"""Which edition a request speaks of: found out here, once, and handed to the view as a value
(docs/adr/0016-editions.md).

A view says by its parameter what it needs. ``exhibition`` is the edition itself. ``edition`` is its name in the
address, empty when the address names none: for pages that are kept in the cache and find the edition only when they
are made. Each such view has two addresses, the one it declares and the same with the edition's name
(``/e/<edition>/…`` for everybody, ``/desk/<edition>/…`` at the desk). Links keep the name that the request has.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from inspect import signature
from typing import Any

from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_openapi3.types import ResponseDict
from flask_security import current_user
from pydantic import BaseModel, Field

from exhibition.accounts import setup
from exhibition.accounts.models import RoleName
from exhibition.accounts.web import guard
from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import Access
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import show_times_in
from exhibition.core.web import answers, api
from exhibition.venue.edition import choice, states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState

EVERYBODY = frozenset({Access.PUBLIC, Access.KEY})
WHILE_ARCHIVED = frozenset(
    {"preparation.change_state", "reports.export_why", "visitors_desk.file", "contacts.hand_over", "team.leave"}
)
"""What may be sent while an edition is archived: the step out of the archive, what only hands out, and a right that
ends.
"""
STAFF = frozenset({RoleName.ORGANIZER, RoleName.GATE})
DESK = "reports.desk"
"""The desk's first page: whose desk it is."""
NAME, VALUE = "edition", "exhibition"
"""The parameters of views, and the first also the part of an address."""


def answers_of(body: type[BaseModel]) -> ResponseDict:
    """What a call that names an edition may answer: its body, or a problem.

    These are no such edition, several and none named, a name that cannot be one, and no fair at all.
    """
    return {"200": body, "404": api.Problem, "409": api.Problem, "422": api.Problem, "503": api.Problem}


class SeveralFairs(Refused):
    """Several fairs are open to visitors and the address names none of them (409)."""

    def __init__(self, editions: Sequence[Exhibition]) -> None:
        super().__init__(
            "which_exhibition",
            _l("Several fairs are on. Say which one you mean: add ?exhibition= and its name."),
            field="exhibition",
            exhibitions=[one.slug for one in editions],
        )
        self.editions = editions


class EditionQuery(BaseModel):
    """The edition that a call speaks of."""

    exhibition: str = Field(
        "", max_length=64, description="The edition's name in addresses; may be left out while only one fair is on."
    )


def for_everybody(slug: str) -> Exhibition:
    """The edition of a public page, in whose zone times are shown from now on; an empty ``slug`` is the only one that
    visitors can mean now.

    Raises NotFound, also for a draft unless an organizer looks at it,
    SeveralFairs, and Refused ``no_exhibition`` (503).
    """
    if slug:
        exhibition = states.by_slug(slug)
        if exhibition.state is EditionState.DRAFT and not _organizes(exhibition):
            raise NotFound
    else:
        meant = choice.meant_by_visitors()
        if len(meant) > 1:
            raise SeveralFairs(meant)
        if not meant:
            raise choice.NoFair
        exhibition = meant[0]
    show_times_in(exhibition.timezone)
    return exhibition


def asked(query: EditionQuery) -> Exhibition:
    """The edition that a call speaks of; links in its answer name it if the call did. Raises as ``for_everybody``."""
    exhibition = for_everybody(query.exhibition)
    g.edition = query.exhibition
    return exhibition


def at_the_desk(endpoint: str, slug: str) -> Exhibition:
    """The edition that somebody works on; an empty ``slug`` is the one of today, of those where they may.

    Raises NotFound, also for a draft unless they are of its staff, and Refused ``no_exhibition`` (503) when there is
    none.
    """
    exhibition = states.by_slug(slug) if slug else choice.of_today(guard.editions_open(endpoint))
    if exhibition is None:
        raise choice.NoFair
    guard.require_at(exhibition.id)
    if exhibition.state is EditionState.DRAFT and not guard.rights().at_edition(exhibition.id) & STAFF:
        raise NotFound
    if choice.are_several():
        g.edition = exhibition.slug
    show_times_in(exhibition.timezone)
    return exhibition


def _require_open(endpoint: str, exhibition: Exhibition) -> None:
    """An archived edition is only read. Raises Refused ``archived`` (409)."""
    changes = request.method not in ("GET", "HEAD", "OPTIONS")
    if changes and exhibition.state is EditionState.ARCHIVED and endpoint not in WHILE_ARCHIVED:
        raise Refused(
            "archived",
            _l("This fair is archived: it can be looked at, but not changed. Publish it again to change it."),
        )


def speak_of(exhibition: Exhibition) -> None:
    """For a page that knows its edition by something else than the address: links name it where they must, and times
    are shown in its zone.
    """
    if [one.id for one in choice.meant_by_visitors()] != [exhibition.id]:
        g.edition = exhibition.slug
    show_times_in(exhibition.timezone)


def _organizes(exhibition: Exhibition) -> bool:
    return RoleName.ORGANIZER in guard.rights().at_edition(exhibition.id)


def _parameters(view: Callable[..., Any]) -> frozenset[str]:
    return frozenset(signature(view).parameters) & {NAME, VALUE}


def _with_name(path: str) -> str:
    if path == "/desk" or path.startswith("/desk/"):
        return f"/desk/<{NAME}>{path.removeprefix('/desk')}"
    return f"/e/<{NAME}>{path}"


class _Edition:
    """The hooks, with the endpoints whose views take an edition and how."""

    def __init__(self, app: Flask) -> None:
        found = {endpoint: _parameters(view) for endpoint, view in app.view_functions.items()}
        self.takers = {endpoint: parameters for endpoint, parameters in found.items() if parameters}

    def note(self, endpoint: str | None, values: dict[str, Any] | None) -> None:
        """Take the name out of the address, for this request's links."""
        g.edition = values.pop(NAME, "") if values is not None and endpoint in self.takers else ""

    def hand_down(self) -> None:
        """Give the view what it takes. Runs after the access table has let the person in."""
        endpoint, values = request.endpoint or "", request.view_args
        parameters = self.takers.get(endpoint)
        if not parameters or values is None:
            return
        if NAME in parameters:
            values[NAME] = g.edition
        if VALUE in parameters:
            if ROUTES.get(endpoint) in EVERYBODY:
                values[VALUE] = for_everybody(g.edition)
            else:
                values[VALUE] = at_the_desk(endpoint, g.edition)
                _require_open(endpoint, values[VALUE])

    def keep(self, endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in self.takers and (slug := g.get("edition")):
            values.setdefault(NAME, slug)


def desk_editions() -> list[Exhibition]:
    """The editions of whoever looks, for the desk's switcher; the latest first."""
    theirs = guard.editions_open(DESK)
    return [one for one in reversed(states.every()) if theirs is None or one.id in theirs]


def desk_edition() -> Exhibition | None:
    """The edition that this page of the desk is about."""
    exhibition = (request.view_args or {}).get(VALUE)
    if exhibition is not None or not current_user.is_authenticated:
        return exhibition
    return choice.of_today(guard.editions_open(DESK))


def _ask_which(several: SeveralFairs) -> ResponseReturnValue:
    """The page that asks which fair is meant, with the same page of each as the answer."""
    if request.path.startswith("/api/"):
        return answers.on_refused(several)
    query = request.query_string.decode(errors="replace")
    path = "" if request.path == "/" else request.path
    choices = [(one, f"/e/{one.slug}{path or '/'}" + (f"?{query}" if query else "")) for one in several.editions]
    return render_template("venue/edition/which.html", choices=choices), HTTPStatus.OK


def _begin(none: choice.NoFair) -> ResponseReturnValue:
    """Without any fair: whoever opens a fresh installation sets it up, and organizers make a first fair."""
    if request.method == "GET" and not request.path.startswith("/api/") and not states.every():
        if setup.is_open():
            return redirect(url_for("setup.begin"))
        if guard.rights().administers:
            return redirect(url_for("editions.new"))
    return answers.on_refused(none)


def first_words(app: Flask) -> frozenset[str]:
    """The words that begin addresses of pages, of the desk's after ``/desk``: no edition may be called like these."""
    words: set[str] = set()
    for rule in app.url_map.iter_rules():
        parts = rule.rule.strip("/").split("/")
        words |= {part for part in (parts[1:2] if parts[0] == "desk" else parts[:1]) if "<" not in part}
    return frozenset(words | {"desk"}) - {""}


def init_app(app: Flask) -> None:
    """Give every view that takes an edition its second address; to be called when all views and the access table
    are registered.
    """
    hooks = _Edition(app)
    for rule in list(app.url_map.iter_rules()):
        if rule.endpoint in hooks.takers:
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            app.add_url_rule(_with_name(rule.rule), rule.endpoint, methods=methods, defaults=rule.defaults)
    app.jinja_env.globals |= {
        "desk_editions": desk_editions,
        "desk_edition": desk_edition,
        "edition_phase": choice.phase,
    }
    app.url_value_preprocessor(hooks.note)
    app.before_request(hooks.hand_down)
    app.url_defaults(hooks.keep)
    app.register_error_handler(SeveralFairs, _ask_which)
    app.register_error_handler(choice.NoFair, _begin)
