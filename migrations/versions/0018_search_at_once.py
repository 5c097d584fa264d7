"""New listings go into PostgreSQL's search index at once, not onto its list of pending ones.

Each search reads the whole pending list. After an import of thousands of listings it was so long that PostgreSQL
ignored the index and read all listings until the next vacuum: a search took 22 ms instead of 5.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INDEXES = ("ix_listing_search_title", "ix_listing_search_words")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for index in INDEXES:
        op.execute(f"ALTER INDEX {index} SET (fastupdate = off)")
        op.execute(sa.text("SELECT gin_clean_pending_list(CAST(:name AS regclass))").bindparams(name=index))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for index in INDEXES:
        op.execute(f"ALTER INDEX {index} RESET (fastupdate)")
