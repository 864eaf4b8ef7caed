"""Connections to an emulator: how the kit reaches sandboxes in this process, or over the admin API of another."""
