"""Findings: what a client did wrong under a variation, and the report of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from fauxlate.testing.limits import HangError
from fauxlate.testing.scenarios import format_scenario
from fauxlate.testing.sweep.run import Run, is_success
from fauxlate.testing.sweep.variations import Variation

_CRASH_TYPES = (
    TypeError,
    AttributeError,
    LookupError,
    NameError,
    ArithmeticError,
    ValueError,
    RecursionError,
    EOFError,
)
"""Exceptions that no program means to raise at its caller."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a client did wrong under a variation: the kind, as docs/testing.md lists them, and the details in a line."""

    kind: str
    variation: Variation
    details: str


def find_mistakes(
    variation: Variation, run: Run, clean: Run, errors: tuple[type[BaseException], ...]
) -> Iterator[Finding]:
    """Give what the client did wrong in `run`, compared with the clean run.

    `errors` are the exceptions by which the client says that it has failed.
    """
    error = run.error
    is_announced = error is None or isinstance(error, (*errors, pytest.skip.Exception))
    if error is not None and not is_announced:
        yield Finding(_classify(error), variation, _describe(error))
    jobs, clean_jobs = _count_jobs(run), _count_jobs(clean)
    for lifecycle, count in jobs.items():
        if count > clean_jobs[lifecycle]:
            details = f"{count} jobs of {lifecycle} where the clean run made {clean_jobs[lifecycle]}"
            yield Finding("duplicate submission", variation, details)
    if variation.is_transient and is_announced and error is not None and (details := _find_lost_job(run, clean)):
        yield Finding("lost job", variation, details)
    if variation.expires_links and is_announced and (details := _find_expired_link(run)):
        yield Finding("expired link", variation, details)


def _classify(error: BaseException) -> str:
    if isinstance(error, HangError):
        return "hang"
    if isinstance(error, AssertionError):
        return "wrong result"
    if isinstance(error, pytest.fail.Exception):
        return "failure"
    is_crash = isinstance(error, _CRASH_TYPES) and not isinstance(error, OSError)
    return "crash" if is_crash or not isinstance(error, Exception) else "unhandled exception"


def _describe(error: BaseException) -> str:
    if isinstance(error, HangError):
        return str(error)
    lines = str(error).strip().splitlines()
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return f"{name}: {lines[0]:.160}" if lines else name


def _count_jobs(run: Run) -> Counter[str]:
    """Count the jobs by lifecycle, but for those that have failed or are gone: another after these is no duplicate."""
    return Counter(job.lifecycle for job in run.jobs if not job.failed and not job.gone)


def _find_lost_job(run: Run, clean: Run) -> str:
    """Say which job the client knew of and gave up though it was doing well; return nothing where there is none."""
    for job in run.jobs:
        is_known = any(exchange.job == job.id and is_success(exchange) for exchange in run.journal)
        if not is_known:
            continue
        if not job.last and all(other.last for other in clean.jobs):
            return f"the job {job.id} was given up in {job.state}"
        if missing := clean.successful_operations() - run.successful_operations():
            return f"the job {job.id} was given up: {', '.join(sorted(missing))} never answered well"
    return ""


def _find_expired_link(run: Run) -> str:
    """Say which expired link the client did not ask for again; return nothing where there is none."""
    downloads, queries = _result_operations()
    refusals = [exchange for exchange in run.journal if exchange.error and exchange.operation in downloads]
    for refusal in refusals[:1]:
        later = [exchange.operation for exchange in run.journal if exchange.number > refusal.number]
        if not any(name in queries for name in later):
            return f"{refusal.operation} answered {refusal.error}, and the job was not asked for a new link"
    return ""


def _result_operations() -> tuple[set[str], set[str]]:
    """Return the operations by which a result is downloaded, and those by which a job is queried."""
    from fauxlate.serving.composition import PROVIDERS

    downloads: set[str] = set()
    queries: set[str] = set()
    for provider in PROVIDERS:
        for operation in provider.operations:
            if operation.lifecycle is None:
                continue
            name = f"{provider.name}.{operation.name}"
            if operation.response is None:
                downloads.add(name)
            elif not operation.creates_job:
                queries.add(name)
    return downloads, queries


def format_findings(test: str, findings: Sequence[Finding], runs: int) -> str:
    """Return the report: findings by kind, each kind with the scenario that brings the first of it about again."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.kind, []).append(finding)
    lines = [f"sweep of {test}: {len(findings)} findings in {runs} runs"]
    for kind, group in kinds.items():
        lines += ["", f"{kind} ({len(group)})"]
        lines += [f"  {finding.variation.label}\n      {finding.details}" for finding in group]
        first = group[0].variation
        lines += ["  the first again, with `fauxlate serve --scenario` or @pytest.mark.fauxlate({…}):"]
        file = format_scenario(first.scenario, f"{kind}: {first.label}")
        lines += [f"      {line}" for line in file.splitlines()]
    return "\n".join(lines)
