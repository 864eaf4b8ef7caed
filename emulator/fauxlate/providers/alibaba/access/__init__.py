"""Who calls alimt: credentials, the two ways of signing, and why a signature does not match."""
