"""Visitors are found by a part of their name, address or reference and the end of their number, among any number."""

import pytest
from sqlalchemy import select, text

from exhibition.core.db import db
from exhibition.core.sql.words import has_digits, has_words, has_words_in_two_ways
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.listing import search, sought
from exhibition.visitors.listing.sought import RegistrationSearch
from exhibition.visitors.models import VisitorContact
from exhibition.visitors.registration.party import Issued, Party
from tests.gate import world


@pytest.fixture
def rose(exhibition: Exhibition) -> Issued:
    [slot] = world.coming_slots()
    service.register(Party(slot.id, "Budi Zulkarnaen", "budi@example.com", "+6281377776666", 1, "id"))
    return service.register(Party(slot.id, "Rosé Zulkifli", "mawar77@example.com", "+6281288889999", 2, "id"))


def found(exhibition: Exhibition, words: str) -> list[str]:
    page = search.registrations(exhibition, RegistrationSearch(sought.tidy(words))).page
    return [one.reference for one in page.items]


@pytest.mark.parametrize(
    "words", ["rosé", "ROSE zulkif", "rose war77", "ulkifli", "war77@", "8889999", "0812-8888-9999"]
)
def test_a_part_is_enough(exhibition: Exhibition, rose: Issued, words: str) -> None:
    assert found(exhibition, words) == [rose.reference]
    everybody = {
        line.reference for line in search.lines(exhibition, RegistrationSearch(words), search.RegistrationOrder())
    }
    assert everybody == {rose.reference}


def test_a_part_of_the_reference_is_enough_once_the_contact_is_erased(exhibition: Exhibition, rose: Issued) -> None:
    assert rose.reference in found(exhibition, rose.reference[:-1].lower())
    db.session.execute(text("DELETE FROM visitor_contact"))
    assert rose.reference in found(exhibition, rose.reference[3:])
    assert found(exhibition, "rose") == []


def test_both_who_have_the_word_are_found_the_newest_first(exhibition: Exhibition, rose: Issued) -> None:
    assert found(exhibition, "zulk")[0] == rose.reference
    assert len(found(exhibition, "zulk")) == 2


def test_on_sqlite_those_with_accents_are_found_along_an_index(exhibition: Exhibition, rose: Issued) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # one index holds everybody
    for columns in [(VisitorContact.name, VisitorContact.email), (VisitorContact.email,)]:
        _plain, accented = has_words_in_two_ways("rose", *columns)
        statement = select(VisitorContact.registration_id).where(accented)
        written = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {written}")
        assert "ix_visitor_contact_beyond_ascii" in str(plan.all())


def test_on_postgresql_parts_are_found_along_an_index(exhibition: Exhibition, rose: Issued) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # it reads a million contacts in a fifth of a second
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    for condition in (
        has_words("zulkifli", VisitorContact.name, VisitorContact.email),
        *has_digits("9999", VisitorContact.phone),
    ):
        statement = select(VisitorContact.registration_id).where(condition)
        written = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True})).replace("%%", "%")
        plan = db.session.scalars(text(f"EXPLAIN {written}")).all()
        assert "ix_visitor_contact_parts" in "".join(plan)
