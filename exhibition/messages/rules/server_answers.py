"""What a receiving mail server means by refusing a mail for good (RFC 5321, 4.2.3; RFC 3463)."""

import enum
import re


class RefusalReason(enum.StrEnum):
    NO_MAILBOX = "no_mailbox"
    NO_DOMAIN = "no_domain"
    """What stands after the @ takes no mail."""
    CLOSED = "closed"
    FULL = "full"
    NOT_ACCEPTED = "not_accepted"
    """The address may be right: the server does not want our mail."""
    OTHER = "other"


_R = RefusalReason
_ANSWER = re.compile(r"(?P<code>5\d\d)\b[ -]*(?:5\.(?P<subject>\d{1,3})\.(?P<detail>\d{1,3})\b)?")
_BY_DETAIL = {
    (1, 0): _R.NO_MAILBOX,
    (1, 1): _R.NO_MAILBOX,
    (1, 2): _R.NO_DOMAIN,
    (1, 3): _R.NO_MAILBOX,
    (1, 6): _R.NO_MAILBOX,
    (1, 10): _R.NO_DOMAIN,
    (2, 1): _R.CLOSED,
    (2, 2): _R.FULL,
    (4, 4): _R.NO_DOMAIN,
}
_BY_CODE = {
    521: _R.NO_DOMAIN,
    550: _R.NO_MAILBOX,
    551: _R.NO_MAILBOX,
    552: _R.FULL,
    553: _R.NO_MAILBOX,
    554: _R.NOT_ACCEPTED,
    556: _R.NO_DOMAIN,
}
_POLICY = 7
_UNWANTED = re.compile(r"spam|block|blacklist|policy|reputation|denied|spf|dkim|dmarc", re.IGNORECASE)


def reason_of(answer: str) -> RefusalReason:
    """The reason, from an answer such as ``550 5.1.1 no such user``; many servers leave out the second number."""
    found = _ANSWER.match(answer)
    if found is None:
        return _R.OTHER
    if found["subject"] is not None:
        subject, detail = int(found["subject"]), int(found["detail"])
        if subject == _POLICY:
            return _R.NOT_ACCEPTED
        return _BY_DETAIL.get((subject, detail), _R.OTHER)
    if _UNWANTED.search(answer):
        return _R.NOT_ACCEPTED
    return _BY_CODE.get(int(found["code"]), _R.OTHER)
