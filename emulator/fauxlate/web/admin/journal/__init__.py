"""The journal as people and tools read it: JSON, server-sent events or an HTTP Archive, every secret taken out."""
