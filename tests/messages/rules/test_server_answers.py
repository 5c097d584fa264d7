"""A mail server's answer in plain words."""

import pytest

from exhibition.messages.rules.server_answers import RefusalReason, reason_of


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1 The email account that you tried to reach does not exist", RefusalReason.NO_MAILBOX),
        ("550-5.1.1 no such user", RefusalReason.NO_MAILBOX),
        ("550 no such person here", RefusalReason.NO_MAILBOX),
        ("553 sorry, no mailbox here by that name", RefusalReason.NO_MAILBOX),
        ("550 5.1.2 bad destination system", RefusalReason.NO_DOMAIN),
        ("556 5.1.10 recipient address has null MX", RefusalReason.NO_DOMAIN),
        ("550 5.2.1 mailbox disabled", RefusalReason.CLOSED),
        ("552 5.2.2 over quota", RefusalReason.FULL),
        ("552 mailbox full", RefusalReason.FULL),
        ("550 5.7.1 message content rejected", RefusalReason.NOT_ACCEPTED),
        ("550 blocked by our policy", RefusalReason.NOT_ACCEPTED),
        ("554 transaction failed", RefusalReason.NOT_ACCEPTED),
        ("550 5.3.0 something else", RefusalReason.OTHER),
        ("500 unrecognised", RefusalReason.OTHER),
        ("ConnectionRefusedError", RefusalReason.OTHER),
        ("", RefusalReason.OTHER),
    ],
)
def test_the_reason_is_the_finer_code_else_the_words_else_the_reply_code(answer: str, reason: RefusalReason) -> None:
    assert reason_of(answer) is reason
