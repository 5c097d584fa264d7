"""Background jobs of the allocation."""

from exhibition.allocation import consequences
from exhibition.allocation.proposals import service as proposals
from exhibition.core.jobs import every, job


@every(minutes=1)
def release_expired() -> None:
    """Release holds and offers whose time has run out; queries ignore them even before that."""
    consequences.lapse()


@job()
def work_out(proposal_id: int) -> None:
    """Work out a proposal that the desk has requested."""
    proposals.run(proposal_id)
