"""The version of Fauxlate, as the wheel and CHANGELOG.md have it."""

__version__ = "0.2.0"
