"""The catalogue: products, exhibitors and clusters of the fair, found by words and narrowed by filters. Reads only.

Exhibitors are few and needed for the plan anyway, so their words are compared with the search here; listings are many
and are searched by the database (``full_text``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import defer

from exhibition.core.db import db
from exhibition.core.sql.paging import Page, paginate
from exhibition.exhibitors.models import Cluster
from exhibition.storefront.catalogue import booths, full_text, known_words
from exhibition.storefront.catalogue.booths import Stand
from exhibition.storefront.models import Listing
from exhibition.storefront.rules import search_words
from exhibition.venue.models import Exhibition
from exhibition.venue.service import Hall

PAGE_SIZE = 24
MAX_SEARCH = 80
MOST_GUESSES = 4
"""How many corrections of a mistyped search are tried before it counts as empty."""


@dataclass(frozen=True)
class CatalogueFilter:
    """A search and its filters. Empty texts do not narrow; ``lowest`` and ``highest`` are inclusive, in rupiah."""

    search: str = ""
    cluster: str = ""
    """A slug."""
    group: str = ""
    zone: str = ""
    district: str = ""
    lowest: int | None = None
    highest: int | None = None

    @property
    def priced(self) -> bool:
        return self.lowest is not None or self.highest is not None

    @property
    def filtered(self) -> bool:
        return bool(self.cluster or self.group or self.zone or self.district or self.priced)

    @property
    def narrows(self) -> bool:
        return bool(self.search) or self.filtered


@dataclass(frozen=True)
class Choices:
    """The options of the filters: values with their labels, sorted by label."""

    cluster: Sequence[tuple[str, str]]
    group: Sequence[tuple[str, str]]
    zone: Sequence[tuple[str, str]]
    district: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Product:
    listing: Listing
    stand: Stand


@dataclass(frozen=True)
class CatalogueResults:
    """The hits. ``meant`` is the corrected search that was answered instead when nothing had the typed words."""

    products: Page[Product]
    product_count: int
    stands: Sequence[Stand]
    """Booths that are hits themselves: by name, group, district or code; without words, all that pass the filters."""
    clusters: Sequence[Cluster]
    lit: frozenset[str]
    """Codes of all booths with a hit, to highlight on the plan."""
    counts: Counter[int]
    """Products found by exhibitor."""
    choices: Choices
    meant: str = ""

    @property
    def empty(self) -> bool:
        return not (self.product_count or self.stands or self.clusters)


_Key = tuple[str, str]
"""A booth's code and the exhibitor's slug, because several may have it, on different days."""


def _key(stand: Stand) -> _Key:
    return stand.code, stand.exhibitor.slug if stand.exhibitor else ""


@dataclass(frozen=True)
class _Fair:
    """The exhibitors at the fair, each with the words to find them by."""

    stands: Sequence[Stand]
    words: dict[_Key, frozenset[str]] = field(default_factory=dict)

    def exhibitors(self, keep: Callable[[Stand], bool]) -> list[int]:
        return sorted({stand.exhibitor.id for stand in self.stands if stand.exhibitor and keep(stand)})

    def begins(self, word: str) -> Callable[[Stand], bool]:
        return lambda stand: search_words.begins(word, self.words[_key(stand)])


def _own_words(stand: Stand) -> frozenset[str]:
    exhibitor = stand.exhibitor
    texts = [stand.code, stand.zone, stand.booth.hall.name if stand.booth and stand.booth.hall else ""]
    if exhibitor:
        cluster = exhibitor.cluster.name if exhibitor.cluster else ""
        texts += [exhibitor.name, exhibitor.product_group, exhibitor.district, exhibitor.description, cluster]
    return frozenset(search_words.folded(" ".join(texts)))


def _choices(stands: Iterable[Stand]) -> Choices:
    def named(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return sorted({pair for pair in pairs if pair[0]}, key=lambda pair: pair[1].casefold())

    taken = [(stand, stand.exhibitor) for stand in stands if stand.exhibitor]
    return Choices(
        cluster=named((one.cluster.slug, one.cluster.name) for _, one in taken if one.cluster),
        group=named((one.product_group, one.product_group) for _, one in taken),
        zone=named((stand.zone, stand.zone) for stand, _ in taken),
        district=named((one.district, one.district) for _, one in taken),
    )


def _passes(stand: Stand, wish: CatalogueFilter) -> bool:
    exhibitor = stand.exhibitor
    if exhibitor is None:
        return not (wish.cluster or wish.group or wish.district) and wish.zone in ("", stand.zone)
    return (
        wish.cluster in ("", exhibitor.cluster.slug if exhibitor.cluster else None)
        and wish.group in ("", exhibitor.product_group)
        and wish.zone in ("", stand.zone)
        and wish.district in ("", exhibitor.district)
    )


def find(exhibition: Exhibition, hall: Hall, wish: CatalogueFilter, page_number: int = 1) -> CatalogueResults:
    """The hits at the fair; a search without one is repeated with the words that were most likely meant."""
    everybody = booths.open_stands(exhibition, hall, shops=False)
    passing = [stand for stand in everybody if _passes(stand, wish)]
    wanted = search_words.wanted(wish.search)
    fair = _Fair(passing, {_key(stand): _own_words(stand) for stand in passing} if wanted else {})
    choices = _choices(everybody)
    found = _find(fair, wish, wanted, page_number, choices)
    if wanted and found.empty:
        for meant in _guesses(fair, wanted):
            guessed = _find(fair, wish, meant, page_number, choices)
            if not guessed.empty:
                return replace(guessed, meant=" ".join(meant))
    return found


def _find(
    fair: _Fair, wish: CatalogueFilter, wanted: Sequence[str], page_number: int, choices: Choices
) -> CatalogueResults:
    if wish.search and not wanted:  # only characters that are in no word
        return CatalogueResults(Page([], 1, has_next=False), 0, [], [], frozenset(), Counter(), choices)
    where = _where(fair, wish, wanted)
    counting = select(Listing.exhibitor_id, func.count()).where(where).group_by(Listing.exhibitor_id)
    counts = Counter({exhibitor_id: count for exhibitor_id, count in db.session.execute(counting)})  # noqa: C416 rows are no tuples to the type checker
    stands = [stand for stand in fair.stands if _stands_out(fair, stand, wish, wanted, counts)]
    hits = {stand.exhibitor.id for stand in stands if stand.exhibitor} | counts.keys()
    return CatalogueResults(
        products=_products(fair, where, wanted, page_number) if counts else Page([], 1, has_next=False),
        product_count=counts.total(),
        stands=stands,
        clusters=_clusters(fair.stands, wanted),
        lit=frozenset(
            stand.code for stand in fair.stands if stand in stands or (stand.exhibitor and stand.exhibitor.id in hits)
        )
        if wish.narrows
        else frozenset(),
        counts=counts,
        choices=choices,
    )


def _narrow(wanted: Sequence[str]) -> bool:
    """Whether the words narrow much. Single letters leave most of the catalogue, which then keeps its own order."""
    return any(len(word) > 1 for word in wanted)


def _where(fair: _Fair, wish: CatalogueFilter, wanted: Sequence[str]) -> ColumnElement[bool]:
    """The condition for published listings of exhibitors at the fair; each word is in the listing's text or its
    exhibitor's.
    """
    asked = func.coalesce(Listing.sale_price, Listing.price)
    ids = fair.exhibitors(lambda _: True)
    narrow = full_text.shown_by(ids) if _narrow(wanted) else [Listing.published, Listing.exhibitor_id.in_(ids)]
    conditions: list[ColumnElement[bool]] = [*narrow]
    for word in wanted:
        by_seller = fair.exhibitors(fair.begins(word))
        held = full_text.holds(word)
        conditions.append(or_(held, Listing.exhibitor_id.in_(by_seller)) if by_seller else held)
    if wish.priced:
        conditions.append(Listing.currency == "IDR")
    if wish.lowest is not None:
        conditions.append(asked >= wish.lowest)
    if wish.highest is not None:
        conditions.append(asked <= wish.highest)
    return and_(*conditions)


def _stands_out(fair: _Fair, stand: Stand, wish: CatalogueFilter, wanted: Sequence[str], counts: Counter[int]) -> bool:
    """Whether the booth itself is a hit, not just something sold there."""
    if wish.priced and not (stand.exhibitor and counts[stand.exhibitor.id]):
        return False
    return all(fair.begins(word)(stand) for word in wanted)


def _products(fair: _Fair, where: ColumnElement[bool], wanted: Sequence[str], page_number: int) -> Page[Product]:
    """A page of listings: those with the words in their title first, and every exhibitor's first hit before anybody's
    second.
    """
    at = {stand.exhibitor.id: stand for stand in reversed(fair.stands) if stand.exhibitor}
    order = [full_text.title_holds(wanted).desc()] if _narrow(wanted) else []
    statement = select(Listing).where(where).options(defer(Listing.imported), defer(Listing.description))
    statement = statement.order_by(*order, Listing.position, Listing.exhibitor_id, Listing.id)
    page = paginate(statement, page_number, PAGE_SIZE)
    return Page([Product(one, at[one.exhibitor_id]) for one in page.items], page.number, page.has_next)


def _clusters(stands: Iterable[Stand], wanted: Sequence[str]) -> list[Cluster]:
    if not wanted:
        return []
    named = {stand.exhibitor.cluster for stand in stands if stand.exhibitor and stand.exhibitor.cluster}
    hits = [one for one in named if all(search_words.begins(word, search_words.folded(one.name)) for word in wanted)]
    return sorted(hits, key=lambda cluster: cluster.name.casefold())


def _guesses(fair: _Fair, wanted: Sequence[str]) -> list[list[str]]:
    """Searches with the unknown words replaced by likely ones, the likeliest first; empty if there are none."""
    named: set[str] = set().union(*fair.words.values())
    sold = known_words.speller()
    meant = [
        [word] if search_words.begins(word, named) or sold.knows(word) else sold.guesses(word, named) or [word]
        for word in wanted
    ]
    ways = [list(way) for way in islice(product(*meant), MOST_GUESSES)]
    return [way for way in ways if way != list(wanted)]
