"""The mutation check: one thing at a time is altered in the tables and the engine; how often do contract tests notice?

Usage: python -m contract_tests.mutants [--all | --sample N] [--seed N] [--only TEXT] [--list] [--jobs N]

A mutant is one change of one file's text: an error row's code, message or status; a state's name or dwell; a retention,
a limit or a window; a required flag; a step of a signature; a comparison. Each is tried on a copy of the package, in a
forked process that runs the tests that have to do with it and stops at the first failure. Survivors are printed; the
code is 1 where fewer than 95 % are caught. The sample is drawn by the seed, so the same seed has the same result.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os

from contract_tests.mutants.population import all_mutants, draw_sample
from contract_tests.mutants.trial import BrokenError, find_survivors

DEFAULT_SAMPLE = 150
REQUIRED_SHARE = 0.95
# What this process imports its children need not: everything that is heavy and is not the emulator.
PRELOADED_MODULES = (
    "pytest", "hypothesis", "aiohttp", "pydantic", "requests", "yaml", "orjson", "multipart", "openpyxl", "PIL.Image",
    "docx", "obs", "faker", "xlrd", "xlwt", "xlsxwriter", "huaweicloudsdknlp.v2", "alibabacloud_alimt20181012.client",
    "alibabacloud_dingtalk.contact_1_0.client", "alibabacloud_dingtalk.oauth2_1_0.client", "huaweicloudsdkcore",
)  # fmt: skip


def main() -> int:
    """Try mutants; return the code to end with."""
    parser = argparse.ArgumentParser(description="How many single alterations do the contract tests notice?")
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--sample", type=int, default=DEFAULT_SAMPLE, help=f"how many (default {DEFAULT_SAMPLE})")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample")
    parser.add_argument("--only", default="", help="those whose line has this text")
    parser.add_argument("--list", action="store_true", help="print them, try none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    told = parser.parse_args()
    mutants = [one for one in all_mutants() if told.only in str(one)]
    if not mutants:
        print(f"no mutant has `{told.only}` in its line; --list prints them")
        return 2
    if not told.all:
        mutants = draw_sample(mutants, told.sample, told.seed)
    if told.list:
        print(*mutants, sep="\n")
        return 0
    for name in PRELOADED_MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    try:
        survivors = find_survivors(mutants, min(told.jobs, len(mutants)), lambda line: print(line, flush=True))
    except BrokenError as broken:
        print(f"these tests fail without any mutant, so that nothing can be told: {broken}")
        return 2
    for kind in sorted({one.kind for one in mutants}):
        of_kind = [one for one in mutants if one.kind == kind]
        lost = sum(one.kind == kind for one in survivors)
        print(f"{kind:<16}{len(of_kind) - lost:>5} of {len(of_kind)}")
    caught = len(mutants) - len(survivors)
    share = caught / len(mutants)
    print(f"{caught} of {len(mutants)} mutants caught: {share:.1%}; {REQUIRED_SHARE:.0%} are wanted")
    return int(share < REQUIRED_SHARE)
