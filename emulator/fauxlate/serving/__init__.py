"""The server of this process: put together, listening, in a thread of its own, logged, and waited for."""
