"""Authentication: credentials, the two signatures, and the diagnosis of a mismatch."""
