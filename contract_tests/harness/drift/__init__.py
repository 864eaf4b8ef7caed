"""The drift report: what a target answers otherwise than the emulator does, and which row of its tables to change."""
