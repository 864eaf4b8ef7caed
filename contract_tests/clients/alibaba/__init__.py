"""Clients of Alibaba, as scripts: each official SDK, in Python and Node."""
