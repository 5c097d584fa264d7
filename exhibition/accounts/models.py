"""Users, roles, invitations and the audit trail."""

import enum
from datetime import datetime
from typing import Any

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibition.core import clock
from exhibition.core.config import second_step_required
from exhibition.core.db import Base, Json, Moment, choice


class RoleName(enum.StrEnum):
    ORGANIZER = "organizer"
    GATE = "gate"
    EXHIBITOR = "exhibitor"


RecoveryCodes = MutableList.as_mutable(JSON().with_variant(JSONB(), "postgresql"))

user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class EditionRole(Base):
    """A role that somebody has at one edition only; what stands in ``user_role`` holds at every edition."""

    __tablename__ = "edition_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[RoleName] = mapped_column(choice(RoleName), primary_key=True)


class Role(Base, RoleMixin):
    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    description: Mapped[str | None] = mapped_column(String(200))


class User(Base, UserMixin):
    """Someone who signs in. ``fs_uniquifier`` changes with the password, which ends half-done sign-ins and links."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code that was accepted; none is accepted twice (RFC 6238, 5.2)."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(RecoveryCodes)
    """Encrypted; each opens the second step once."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    roles: Mapped[list[Role]] = relationship(secondary=user_role, lazy="selectin")
    """Those that hold at every edition."""
    edition_roles: Mapped[list[EditionRole]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    """Those that hold at one."""

    def check_tf_required_setup(self) -> bool:
        """Whether this person may not do without a second step; Flask-Security then offers no way to turn it off."""
        mine = {role.name for role in self.roles} | {one.role for one in self.edition_roles}
        return second_step_required() and RoleName.ORGANIZER in mine

    @property
    def lacks_second_step(self) -> bool:
        """Whether they still have to set it up."""
        return self.check_tf_required_setup() and not (self.tf_primary_method and self.tf_totp_secret)


class SignIn(Base):
    """Somebody is signed in on a device. Its cookies hold a random key, of which only the hash is stored; when the row
    is gone, so is the sign-in, whoever still has the cookie.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """Exact to a minute."""
    ends_at: Mapped[datetime] = mapped_column(Moment)
    device: Mapped[str] = mapped_column(String(60), default="")
    """Browser and system, such as ``Chrome, Android``; empty when they are not known."""
    network: Mapped[str] = mapped_column(String(50), default="")
    """The address group that it came from, such as ``203.0.113.0/24``; no whole address is kept."""
    looks_at: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """What is open on the device, for others who work on the same; good for a minute after ``looked_at``."""
    looked_at: Mapped[datetime | None] = mapped_column(Moment)


class Invitation(Base):
    """A mailed link that lets one person choose a password, once; only the link's hash is stored."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[RoleName] = mapped_column(choice(RoleName))
    exhibitor_id: Mapped[int | None] = mapped_column(Integer)
    """The exhibitor that the person will act for; the exhibitors package makes the connection at acceptance."""
    exhibition_id: Mapped[int | None] = mapped_column(ForeignKey("exhibition.id"))
    """The edition that the role is for; None: all of them."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)


class SetupCode(Base):
    """The code that makes the first user of a fresh installation; at most one, and only its hash is stored."""

    __tablename__ = "setup_code"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SupervisorPin(Base):
    """A PIN that a supervisor types at a gate to overrule a refusal; only a keyed digest of it is stored."""

    __tablename__ = "supervisor_pin"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    set_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class AuditEntry(Base):
    """Who did what to which object. Rows are only ever added; triggers refuse UPDATE and DELETE.

    The row itself says nothing about people but their numbers; what it says of them by name is kept apart, in
    ``personal``. The properties read both together.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    actor_id: Mapped[int | None] = mapped_column(Integer)
    kept_actor: Mapped[str] = mapped_column("actor_name", String(254), default="")
    action: Mapped[str] = mapped_column(String(64))
    object_type: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(64))
    kept_object: Mapped[str] = mapped_column("object_name", String(200), default="")
    kept_before: Mapped[dict[str, Any] | None] = mapped_column("before", Json)
    kept_after: Mapped[dict[str, Any] | None] = mapped_column("after", Json)
    personal: Mapped["AuditName | None"] = relationship(lazy="joined", innerjoin=False)

    @property
    def actor_name(self) -> str:
        """The name at that time; after it was erased the number of the account, if there was one."""
        name = self.kept_actor or (self.personal.actor_name if self.personal else "")
        return name or (f"#{self.actor_id}" if self.actor_id else "")

    @property
    def object_name(self) -> str:
        return self.kept_object or (self.personal.object_name if self.personal else "")

    @property
    def before(self) -> dict[str, Any] | None:
        return _whole(self.kept_before, self.personal.before if self.personal else None)

    @property
    def after(self) -> dict[str, Any] | None:
        return _whole(self.kept_after, self.personal.after if self.personal else None)


def _whole(kept: dict[str, Any] | None, personal: dict[str, Any] | None) -> dict[str, Any] | None:
    return kept if personal is None else (kept or {}) | personal


class AuditName(Base):
    """What an audit entry says about people: it is erased with them, while the entry stays. Never changed: a trigger
    refuses UPDATE.
    """

    __tablename__ = "audit_name"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    actor_name: Mapped[str] = mapped_column(String(254), default="")
    object_name: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
