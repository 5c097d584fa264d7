"""What a registration consists of: the party, its contact, random values, the statements that write it."""
