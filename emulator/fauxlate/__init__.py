"""Fauxlate: an emulator of three providers of asynchronous translation."""

__version__ = "0.1.0"
