"""Which exhibitor has which booth: holds, offers, confirmations, the waiting list, proposals and the solver."""
