"""Working on the floor plan: one or many placed by one act, tried before it is done, undone and redone."""
