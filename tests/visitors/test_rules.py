"""Whether a pass can be moved or cancelled, by its state, the people let in on it and its generation."""

import pytest

from exhibition.visitors.rules import LAST_GENERATION, PassFault, cancel_fault, move_fault, state_fault


@pytest.mark.parametrize(
    ("state", "admitted", "generation", "moving", "cancelling"),
    [
        ("valid", 0, 0, None, None),
        ("valid", 0, LAST_GENERATION - 1, None, None),
        ("valid", 0, LAST_GENERATION, PassFault.MOVED_TOO_OFTEN, None),
        ("valid", 1, 0, PassFault.USED, PassFault.USED),
        ("valid", 1, LAST_GENERATION, PassFault.USED, PassFault.USED),
        ("cancelled", 0, 0, PassFault.CANCELLED, PassFault.CANCELLED),
        ("revoked", 1, LAST_GENERATION, PassFault.REVOKED, PassFault.REVOKED),
    ],
)
def test_a_pass_moves_until_it_was_used_or_ended_or_its_generations_are_used_up(
    state: str, admitted: int, generation: int, moving: PassFault | None, cancelling: PassFault | None
) -> None:
    assert move_fault(state, admitted, generation) == moving
    assert cancel_fault(state, admitted) == cancelling


def test_a_used_pass_can_still_be_revoked() -> None:
    assert (state_fault("valid"), state_fault("revoked")) == (None, PassFault.REVOKED)
