"""How Hypothesis runs here: without deadlines, since a machine that is busy with something else proves nothing."""

from hypothesis import settings

settings.register_profile("fauxlate", settings(), deadline=None)
settings.load_profile("fauxlate")
