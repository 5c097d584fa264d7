"""The parts of a registration: the party, its contact, random values, the statements that write it."""
