"""The test kit: what pytest fixtures, coverage reports, the sweep and the tester of clients are made of."""
