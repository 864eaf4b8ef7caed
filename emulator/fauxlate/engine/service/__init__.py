"""What a provider offers: operations and events in its tables, and the call that an operation is handed."""
