"""The command that measures what each official SDK does on each fault.

Usage: python -m contract_tests.all_providers.sdk_faults [--write]

Prints the table; --write puts it into docs/en/reference/faults.md.
"""

from __future__ import annotations

import logging
import sys

from fauxlate.serving.background import BackgroundServer

from contract_tests.all_providers.sdk_faults.measurement import measure
from contract_tests.all_providers.sdk_faults.page import format_table, write_page
from contract_tests.harness.machine import ROOT


def main() -> None:
    """Measure, and print the table."""
    logging.disable(logging.CRITICAL)
    with BackgroundServer() as emulator:
        table = format_table(measure(emulator.url, str(ROOT / ".venv-rpc" / "bin" / "python")))
    print(table, end="")
    if "--write" in sys.argv:
        write_page(table)


if __name__ == "__main__":
    main()
