"""`python -m fauxlate` is `fauxlate`."""

import sys

from fauxlate.cli import main

sys.exit(main())
