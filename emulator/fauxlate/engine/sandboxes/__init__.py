"""A world of its own for each client: its state, journal and coverage, found by credential."""
