"""Proposals at the desk: building the problem, pins, running the solver, publishing the plan."""
