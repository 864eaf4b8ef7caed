"""`python -m docs.generator` is the generator."""

import sys

from docs.generator.command import main

if __name__ == "__main__":
    sys.exit(main())
