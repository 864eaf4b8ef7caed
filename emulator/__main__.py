"""`python -m emulator` is `fauxlate`."""

import sys

from emulator.cli import main

sys.exit(main())
