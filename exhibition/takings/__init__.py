"""What exhibitors take at the fair: told by them at closing, summed up for organizers, and their QRIS codes."""
