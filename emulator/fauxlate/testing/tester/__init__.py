"""The tester of clients: Hypothesis plays provider and clock against a small adapter."""
