"""Object storage, as much of it as a document on its way to translation and back needs."""
