"""Fuzzing: inputs that nobody would send, and what must hold of every answer to them."""
