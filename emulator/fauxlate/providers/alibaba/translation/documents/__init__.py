"""Document tasks: their operations, their callback, the link to a result and its content."""
