"""The only part that knows aiohttp: from bytes on a socket to a call, and from a reply back to bytes."""
