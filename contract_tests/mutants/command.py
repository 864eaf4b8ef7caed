"""The command of the mutation check: how many single alterations of tables and engine do the contract tests notice?

Usage: python -m contract_tests.mutants [--all | --sample N] [--seed N] [--only TEXT] [--list] [--jobs N]

A mutant is one change of one file's text: an error row's code, message or status; a state's name or dwell; a retention,
a limit or a window; a required flag; a step of a signature; a comparison. Each is tried on a copy of the package, in a
forked process that runs the tests that have to do with it and stops at the first failure. Survivors are printed; the
exit code is 1 if fewer than 95 % are caught. The sample is drawn by the seed: the same seed has the same result.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
from collections import Counter
from functools import partial

from contract_tests.mutants.population import all_mutants, draw_sample
from contract_tests.mutants.trial import BrokenError
from contract_tests.mutants.workers import find_survivors

DEFAULT_SAMPLE = 150
REQUIRED_SHARE = 0.95
"""The share of mutants that the tests have to catch."""
PRELOADED_MODULES = (
    "pytest", "hypothesis", "aiohttp", "pydantic", "requests", "yaml", "orjson", "multipart", "openpyxl", "PIL.Image",
    "docx", "obs", "faker", "xlrd", "xlwt", "xlsxwriter", "huaweicloudsdknlp.v2", "alibabacloud_alimt20181012.client",
    "alibabacloud_dingtalk.contact_1_0.client", "alibabacloud_dingtalk.oauth2_1_0.client", "huaweicloudsdkcore",
)  # fmt: skip
"""What this process imports, so that its children need not: everything that is heavy and is not the emulator."""


def main() -> int:
    """Try mutants; return the exit code."""
    parser = argparse.ArgumentParser(description="How many single alterations do the contract tests notice?")
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--sample", type=int, default=DEFAULT_SAMPLE, help=f"how many (default {DEFAULT_SAMPLE})")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample")
    parser.add_argument("--only", default="", help="those whose line has this text")
    parser.add_argument("--list", action="store_true", help="print them, try none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    arguments = parser.parse_args()
    mutants = [mutant for mutant in all_mutants() if arguments.only in str(mutant)]
    if not mutants:
        print(f"no mutant has `{arguments.only}` in its line; --list prints them")
        return 2
    if not arguments.all:
        mutants = draw_sample(mutants, arguments.sample, arguments.seed)
    if arguments.list:
        print(*mutants, sep="\n")
        return 0
    for name in PRELOADED_MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    try:
        survivors = find_survivors(mutants, min(arguments.jobs, len(mutants)), partial(print, flush=True))
    except BrokenError as broken:
        print(f"these tests fail without any mutant, so that nothing can be told: {broken}")
        return 2
    survivor_counts = Counter(mutant.kind for mutant in survivors)
    for kind, count in sorted(Counter(mutant.kind for mutant in mutants).items()):
        print(f"{kind:<16}{count - survivor_counts[kind]:>5} of {count}")
    caught = len(mutants) - len(survivors)
    share = caught / len(mutants)
    print(f"{caught} of {len(mutants)} mutants caught: {share:.1%}; {REQUIRED_SHARE:.0%} are wanted")
    return int(share < REQUIRED_SHARE)
