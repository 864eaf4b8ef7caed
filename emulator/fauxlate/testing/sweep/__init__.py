"""The sweep: one test, run under everything that the documents say can happen to it."""
