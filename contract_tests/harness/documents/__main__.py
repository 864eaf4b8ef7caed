"""The command that adds the rows which the emulator's tables have and the fixtures of the printed tables lack.

Usage: python -m contract_tests.harness.documents [--add]

Prints how many rows each provider's fixture lacks, and adds them with --add. Compare them with the page before they are
committed. It never changes a row of a fixture: a row that changes has to be changed in both places, by hand.
"""

from __future__ import annotations

import sys

from fauxlate.serving.composition import PROVIDERS

from contract_tests.harness.documents.comparison import format_tables, merge, missing_rows
from contract_tests.harness.documents.tables import table_file, tables


def main() -> None:
    """Print what is missing; add it if the command line says so."""
    for provider in PROVIDERS:
        rows = missing_rows(provider)
        count = sum(len(part) for part in rows.values())
        print(f"{provider.name}: {count} to add")
        if count and "--add" in sys.argv:
            table_file(provider.name).write_text(format_tables(merge(tables(provider.name), rows)), "utf-8")


if __name__ == "__main__":
    main()
