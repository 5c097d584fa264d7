"""Files of strangers are read in a process with limits, which may die without harm (docs/adr/0018-confined.md).

``calls.confined`` is the one way in. ``reader`` is the process that waits for files and forks a child for each;
``values`` is what the two say to each other.
"""
