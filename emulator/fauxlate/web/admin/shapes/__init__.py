"""The shapes of the admin API: what its bodies and queries hold, and what its responses are."""
