"""The kinds of mails about a place in a line, by the id of the waiting party."""

import enum


class WaitingMail(enum.StrEnum):
    JOINED = "waiting.joined"
    OFFERED = "waiting.offered"
