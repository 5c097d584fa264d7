"""Messages that organizers write to visitors and exhibitors of one edition (docs/messages.md).

Recipients are references to registrations, exhibitors and applications; addresses are looked up when something is sent.
"""
