"""The catalogue's search: full text over listings (FTS5 on SQLite, tsvector on PostgreSQL) and the words in use.

Triggers (SQLite) and generated columns (PostgreSQL) keep the full text current for every writer. A later revision that
rebuilds the table ``listing`` on SQLite (batch mode) loses the triggers and has to create them again. ``listing_word``
is filled by ``storefront.catalogue.known_words``; here only with the words of present listings.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LATIN = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
LONGEST_WORD = 40
MARKS = r"[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u2000-\u206f\u2190-\u2bff\u3000-\u303f]+"
"""Everything that parts words, named by its code so that the database's own locale does not matter."""
INSERT = "INSERT INTO listing_search (rowid, title, description) VALUES (new.id, new.title, new.description)"
DELETE = "INSERT INTO listing_search (listing_search, rowid, title, description) VALUES ('delete', {})".format(
    "old.id, old.title, old.description"
)
INDEX = "title, description, content='listing', content_rowid='id', tokenize='{}', prefix='1 2 3'".format(
    "unicode61 remove_diacritics 2"
)
ON_SQLITE = (
    f"CREATE VIRTUAL TABLE listing_search USING fts5 ({INDEX})",
    "INSERT INTO listing_search (listing_search) VALUES ('rebuild')",
    f"CREATE TRIGGER listing_search_insert AFTER INSERT ON listing BEGIN {INSERT}; END",
    f"CREATE TRIGGER listing_search_delete AFTER DELETE ON listing BEGIN {DELETE}; END",
    f"CREATE TRIGGER listing_search_update AFTER UPDATE OF title, description ON listing BEGIN {DELETE}; {INSERT}; END",
)


def accents() -> tuple[str, str]:
    """Latin letters with diacritics, and the same without."""
    pairs = []
    for sign in map(chr, LATIN):
        plain = unicodedata.normalize("NFD", sign)[0].lower()
        if plain != sign and plain.isascii() and plain.isalpha():
            pairs.append((sign, plain))
    return "".join(sign for sign, _ in pairs), "".join(plain for _, plain in pairs)


def on_postgresql() -> tuple[str, ...]:
    marked, plain = accents()
    folded = rf"regexp_replace(translate(lower($1), '{marked}', '{plain}'), '[\u0300-\u036f]', '', 'g')"
    words = (
        f"SELECT array_to_tsvector(ARRAY(SELECT DISTINCT left(word, {LONGEST_WORD})"
        rf" FROM regexp_split_to_table({folded}, '{MARKS}') AS word WHERE word <> ''))"
    )
    immutable = "LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT"
    columns = (
        "search_title tsvector GENERATED ALWAYS AS (catalogue_words(title)) STORED",
        "search_words tsvector GENERATED ALWAYS AS (catalogue_words(title || ' ' || description)) STORED",
    )
    return (
        f"CREATE FUNCTION catalogue_words(text) RETURNS tsvector {immutable} AS $body$ {words} $body$",
        *(f"ALTER TABLE listing ADD COLUMN {column}" for column in columns),
        "CREATE INDEX ix_listing_search_title ON listing USING gin (search_title)",
        "CREATE INDEX ix_listing_search_words ON listing USING gin (search_words)",
    )


def words_in_use(connection: sa.Connection) -> list[str]:
    """Words of 3 to 24 letters without accents, as ``storefront.rules.search_words.known`` cuts them."""
    found: set[str] = set()
    for title, description in connection.execute(sa.text("SELECT title, description FROM listing")):
        apart = unicodedata.normalize("NFD", f"{title} {description}")
        plain = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn").lower()
        found.update(word for word in re.findall(r"[^\W\d_]{3,24}", plain))
    return sorted(found)


def upgrade() -> None:
    connection = op.get_bind()
    op.create_index("ix_listing_catalogue", "listing", ["published", "position", "exhibitor_id", "id"])
    for statement in on_postgresql() if connection.dialect.name == "postgresql" else ON_SQLITE:
        op.execute(sa.text(statement.replace(":", r"\:")))
    table = op.create_table(
        "listing_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_word")),
        sa.UniqueConstraint("word", name=op.f("uq_listing_word_word")),
    )
    if rows := [{"word": word} for word in words_in_use(connection)]:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    op.drop_table("listing_word")
    op.drop_index("ix_listing_catalogue", "listing")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE listing DROP COLUMN search_words, DROP COLUMN search_title")
        op.execute("DROP FUNCTION catalogue_words(text)")
        return
    for change in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER listing_search_{change}")
    op.execute("DROP TABLE listing_search")
