"""What the clock does for the allocation."""

from exhibition.allocation import consequences
from exhibition.allocation.proposals import service as proposals
from exhibition.core.jobs import every, job


@every(minutes=1)
def release_expired() -> None:
    """Tidy up holds and offers whose time is over; queries do not wait for it."""
    consequences.lapse()


@job()
def work_out(proposal_id: int) -> None:
    """Work a proposal out; asked for at the desk."""
    proposals.run(proposal_id)
