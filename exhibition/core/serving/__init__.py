"""How requests reach the application: connections and their deadlines, turns, worker processes (docs/adr/0017).

A request is read whole, in an event loop, before it takes one of the few turns in which the application works; slow,
idle and greedy connections cost a few kilobytes each and nobody's turn. ``door`` is where to begin reading.
"""
