"""A party that asks for places, and the registration, pass and slot it gets, as plain values."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exhibition.visitors import rules, tokens
from exhibition.visitors.models import PassState
from exhibition.visitors.slots import Slot


@dataclass(frozen=True)
class Party:
    """The values of a form, checked and normalised. ``party_size`` includes the person who fills it in."""

    slot_id: int
    name: str
    """Empty only for walk-ins; then no contact is kept."""
    email: str | None
    phone: str | None
    party_size: int
    locale: str
    origin: str | None = None
    """A digest of the network it comes from, to recognise floods; the same form from elsewhere is the same."""

    def digest(self) -> str:
        said = asdict(self)
        del said["origin"]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Issued:
    """A registration with its pass and slot, as the visitor sees it."""

    registration_id: int
    exhibition_id: int
    reference: str
    manage_key: str
    locale: str
    pass_id: int
    code: str
    party_size: int
    inside: int
    admitted: int
    released: int
    generation: int
    state: PassState
    slot: Slot
    key_id: int
    key: Ed25519PrivateKey
    moved_at: datetime | None = None
    """When its session last became another one, or got another time."""
    left_at: datetime | None = None
    """When somebody of the party went out last."""

    @property
    def held(self) -> int:
        """Places of its slot that the pass still holds: those given to walk-ins no longer count."""
        return self.party_size - self.released

    @property
    def move_fault(self) -> rules.PassFault | None:
        """Why the pass cannot be moved; None when it can."""
        return rules.move_fault(self.state, self.admitted, self.generation)

    @property
    def cancel_fault(self) -> rules.PassFault | None:
        """Why the pass cannot be cancelled; None when it can."""
        return rules.cancel_fault(self.state, self.admitted)

    @property
    def token(self) -> str:
        """The text for the QR, signed each time: it is stored nowhere."""
        return tokens.encode(
            tokens.Pass(
                key_id=self.key_id,
                pass_id=self.pass_id,
                slot_number=self.slot.number,
                party_size=self.party_size,
                generation=self.generation,
                not_before=self.slot.starts_at,
                quarters=tokens.quarters_between(self.slot.starts_at, self.slot.ends_at),
            ),
            self.key,
        )
