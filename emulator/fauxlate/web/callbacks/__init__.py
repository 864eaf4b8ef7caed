"""Callbacks: how a client is told of an event, over a connection that it holds open or by a post to its URL."""
