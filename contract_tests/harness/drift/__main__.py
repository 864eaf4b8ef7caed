"""The command that compares two records which `pytest contract_tests --record FILE` wrote, and prints the report.

Usage: python -m contract_tests.harness.drift LIVE.json EMULATOR.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from contract_tests.harness.drift.findings import compare_records
from contract_tests.harness.drift.report import format_report


def main() -> None:
    """Compare the records that the command line names."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    live, emulator = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3])
    print(format_report(compare_records(live, emulator)))


if __name__ == "__main__":
    main()
