"""Messages that organizers write to visitors and exhibitors of one edition (docs/messages.md),
and the addresses that do not work.

Recipients are references to registrations, exhibitors and applications; addresses are looked up when something is sent.
"""
