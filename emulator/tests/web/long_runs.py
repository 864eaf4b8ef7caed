"""Whether tests run in their long form, which takes minutes to hours: `make long`."""

from __future__ import annotations

import os

IS_LONG = "FAUXLATE_LONG" in os.environ
