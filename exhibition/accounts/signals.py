"""Signals for the packages above. Receivers run inside the transaction and may refuse it by raising."""

from blinker import Signal

invitation_accepted = Signal("Sent with ``invitation`` and ``user`` when somebody has accepted an invitation.")
