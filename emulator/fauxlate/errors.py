"""The exception from which all of Fauxlate's own derive, so that one `except` catches them."""


class FauxlateError(Exception):
    """Something that Fauxlate itself refuses or cannot do; the message says what came, why, and what to do."""
