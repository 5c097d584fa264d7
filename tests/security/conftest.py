"""People with accounts, as in the tests of the accounts."""

from tests.accounts.conftest import outbox, people, person

__all__ = ["outbox", "people", "person"]
