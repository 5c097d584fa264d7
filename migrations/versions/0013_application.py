"""Applications: the edition's call, applications with their documents, and imports of lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STATES = (
    "draft",
    "submitted",
    "shortlisted",
    "waitlisted",
    "rejected",
    "offered",
    "accepted",
    "confirmed",
    "withdrawn",
    "declined",
    "cancelled",
)
KINDS = ("ministry", "province", "regency", "cooperative", "umkm", "sponsor")
IMPORT_STATES = ("matching", "waiting", "checking", "preview", "writing", "done", "failed", "cancelled")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "application_call",
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), primary_key=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("points", JSON, nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=True),
    )
    create_application()
    op.create_table(
        "application_document",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("application_id", sa.Integer(), sa.ForeignKey("application.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_application_document_application_id", "application_document", ["application_id"])
    op.create_table(
        "application_import",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), nullable=False),
        sa.Column("state", choice("importstate", *IMPORT_STATES), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("guessed", sa.Boolean(), nullable=False),
        sa.Column("heading_row", sa.Integer(), nullable=False),
        sa.Column("headings", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("created_by_id", sa.Integer(), sa.ForeignKey("user_account.id"), nullable=True),
        sa.Column("created_by", sa.String(254), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
    )
    op.create_index("ix_application_import_exhibition_id", "application_import", ["exhibition_id"])


def create_application() -> None:
    texts = (("name", 160), ("name_key", 160), ("contact_name", 120), ("email", 254), ("phone", 20))
    texts += (("product_group", 80), ("district", 80), ("storefront_url", 500))
    texts += (("nib", 40), ("pirt", 40), ("halal", 40))
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), nullable=False),
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), nullable=True),
        sa.Column("reference", sa.String(16), nullable=False, unique=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("form_key", sa.String(64), nullable=True, unique=True),
        sa.Column("import_key", sa.String(200), nullable=True),
        sa.Column("source", choice("applicationsource", "form", "import"), nullable=False),
        sa.Column("state", choice("applicationstate", *STATES), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("kind", choice("exhibitorkind", *KINDS), nullable=False),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in texts),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), sa.ForeignKey("cluster.id"), nullable=True),
        sa.Column("power_va", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("attended", "water", "accessible", "share")),
        *(sa.Column(name, JSON, nullable=False) for name in ("wishes", "zone_wishes", "near", "avoid")),
        sa.Column("consent_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.UniqueConstraint("exhibition_id", "import_key", name="uq_application_exhibition_id_import_key"),
        sa.CheckConstraint("power_va >= 0", name="power"),
        sa.CheckConstraint("state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL", name="submitted"),
    )
    op.create_index("ix_application_exhibition_state", "application", ["exhibition_id", "state"])
    for name in ("exhibitor_id", "name_key", "email", "phone", "nib"):
        op.create_index(f"ix_application_{name}", "application", [name])


def downgrade() -> None:
    op.drop_table("application_import")
    op.drop_table("application_document")
    op.drop_table("application")
    op.drop_table("application_call")
