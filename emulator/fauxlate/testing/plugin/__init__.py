"""What the pytest plugin is made of: what its marks and options mean, and where it keeps what belongs to a test."""
