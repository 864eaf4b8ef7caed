"""The parts of the pytest plugin: what its marks and options mean, and where it keeps what belongs to a test."""
