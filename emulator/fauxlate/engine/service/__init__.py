"""What a provider offers: operations and events in its tables, and the calls that its operations answer."""
