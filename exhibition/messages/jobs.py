"""Background jobs of messages."""

from exhibition.core.jobs import every, job
from exhibition.messages import sending


@job()
def send(message_id: int) -> None:
    """Send the next piece of a message."""
    sending.work(message_id)


@every(minutes=1)
def send_what_is_due() -> None:
    """Begin messages whose moment has come, and go on with those whose job was lost."""
    sending.work_on_all()
