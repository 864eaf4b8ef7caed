"""The socket: from bytes to a request, and from a reply back to bytes, with what a scenario does to them on the wire."""
