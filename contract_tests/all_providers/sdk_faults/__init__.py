"""What each official SDK does on each fault: measured over a real socket, for the table in docs/en/reference/faults.md."""
