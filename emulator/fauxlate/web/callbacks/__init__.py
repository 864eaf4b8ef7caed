"""Callbacks: how events reach a client, over a connection that it holds open or by a POST to its URL."""
