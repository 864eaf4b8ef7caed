"""Coverage of documented behaviour: what the documents have, what the tests were served, and what they assert of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

Kind = Literal["operation", "error", "state", "expiry", "quirk", "fault"]
KINDS: tuple[Kind, ...] = ("operation", "error", "state", "expiry", "quirk", "fault")
DOCUMENTED: tuple[Kind, ...] = ("operation", "error", "state", "expiry")
"""The kinds that the documents have, and that the percentage is of; quirks and faults are ours."""
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Row:
    """Something that can be served: of which provider, and of which operation, lifecycle or quirk there.

    `evidence` and `source` say how it is known. `served` and `asserted` count sandboxes' requests, and tests.
    `excluded` is the reason for which the row is not asked for.
    """

    provider: str
    of: str
    kind: Kind
    name: str
    evidence: str = ""
    source: str = ""
    served: int = 0
    asserted: int = 0
    excluded: str | None = None

    @property
    def label(self) -> str:
        """The row in a line: `huawei.RunFileTranslation NLP.0101`."""
        whole = self.of if self.of.startswith(f"{self.provider}.") else f"{self.provider}.{self.of}"
        return whole if self.kind == "operation" else f"{whole} {self.name}"


class ExclusionError(ValueError):
    """An exclusion has no reason, or fits nothing."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows that are not asked for: those whose label `pattern` fits, for a reason."""

    pattern: str
    reason: str

    @classmethod
    def read(cls, line: str) -> Exclusion:
        """Return what a line such as `huawei.*  APIG.*: our gateway answers these` says. Raises `ExclusionError`."""
        pattern, colon, reason = line.partition(": ")
        if not colon or not pattern.strip() or not reason.strip():
            raise ExclusionError(
                f"`{line}` has no reason; an exclusion is written `huawei.RunFileTranslation NLP.0301: why it is left out`"
            )
        return cls(" ".join(pattern.split()), reason.strip())

    def fits(self, row: Row) -> bool:
        """Whether `row` is excluded by this."""
        return fnmatchcase(row.label, self.pattern)


def table(served: Counts, asserted: Counts, of: Sequence[str] = (), exclusions: Sequence[Exclusion] = ()) -> list[Row]:
    """Return a row for everything that can be served of the operations that `of` names.

    `of` holds patterns such as `huawei.*`; without any, those operations that were called, with their lifecycles and
    the quirks of their providers. Raises `ExclusionError` for an exclusion that fits no row of any operation.
    """
    every = _every(served, asserted)
    for exclusion in exclusions:
        if not any(exclusion.fits(row) for row in every):
            raise ExclusionError(
                f"the exclusion `{exclusion.pattern}` fits nothing that can be served; it is written as the report has it"
            )
    wanted = _wanted(every, served, of)
    rows = [row for row in every if row.of in wanted]
    return [_excluded(row, exclusions) for row in rows]


def _excluded(row: Row, exclusions: Iterable[Exclusion]) -> Row:
    why = next((exclusion.reason for exclusion in exclusions if exclusion.fits(row)), None)
    return row if why is None else Row(**{**asdict(row), "excluded": why})


def _wanted(rows: Iterable[Row], served: Counts, patterns: Sequence[str]) -> set[str]:
    """Return the operations, and the lifecycles, quirks and so on that belong with them."""
    from fauxlate.server import PROVIDERS

    found: set[str] = set()
    providers: set[str] = set()
    for provider in PROVIDERS:
        for operation in provider.operations:
            name = f"{provider.name}.{operation.name}"
            named = any(fnmatchcase(name, pattern) or provider.name == pattern for pattern in patterns)
            if named or (not patterns and ("operation", name) in served):
                found.add(name)
                providers.add(provider.name)
                if operation.lifecycle is not None:
                    found.add(operation.lifecycle.name)
    return found | {row.of for row in rows if row.kind == "quirk" and row.provider in providers}


def _every(served: Counts, asserted: Counts) -> list[Row]:
    from fauxlate.engine.service.documented import documented
    from fauxlate.server import PROVIDERS

    expiries = {f"{one.name} {one.expiry}" for provider in PROVIDERS for one in provider.lifecycles if one.kept}
    rows: list[Row] = []
    for kind, name, evidence, source in documented(PROVIDERS):
        of, _, what = name.partition(" ")
        shown: Kind = "expiry" if kind == "state" and name in expiries else kind
        counts = (served.get((kind, name), 0), asserted.get((kind, name), 0))
        rows.append(Row(of.partition(".")[0], of, shown, what or of.partition(".")[2], evidence, source, *counts))
    rows += _faults(served, asserted)
    return rows


def _faults(served: Counts, asserted: Counts) -> Iterable[Row]:
    """Give a row for each fault that a client of each operation can meet."""
    from fauxlate.engine.service.documented import possible_faults
    from fauxlate.server import PROVIDERS
    from fauxlate.web.effects import KINDS as FAULTS

    for of, fault in possible_faults(PROVIDERS, FAULTS):
        key = ("fault", f"{of} {fault}")
        yield Row(of.partition(".")[0], of, "fault", fault, "", "", served.get(key, 0), asserted.get(key, 0))


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows there are that are asked for, and how many of them were served and asserted."""

    rows: int = 0
    served: int = 0
    asserted: int = 0
    excluded: int = 0

    @property
    def percent(self) -> float:
        """How much was served, 100 where there was nothing to serve."""
        return 100.0 * self.served / self.rows if self.rows else 100.0


def summed(rows: Iterable[Row]) -> Sum:
    """Return what `rows` sum up to."""
    count: Counter[str] = Counter()
    for row in rows:
        if row.excluded is not None:
            count["excluded"] += 1
            continue
        count["rows"] += 1
        count["served"] += row.served > 0
        count["asserted"] += row.asserted > 0
    return Sum(count["rows"], count["served"], count["asserted"], count["excluded"])


def percentage(rows: Iterable[Row]) -> float:
    """Return how much of what is documented was served."""
    return summed(row for row in rows if row.kind in DOCUMENTED).percent


def named(provider: str, names: Sequence[str], served: Counts) -> set[tuple[str, str]]:
    """Return what of `served` the names of `provider` mean: errors by key, states, quirks and faults.

    Raises `AssertionError` where one was not served, and says what was.
    """
    found: set[tuple[str, str]] = set()
    for name in names:
        fitting = {key for key in served if _is(key, provider, name)}
        if not fitting:
            here = sorted({_short(key) for key in served if _provider(key) == provider and key[0] != "operation"})
            known = f"; there were {', '.join(here)}" if here else ""
            raise AssertionError(
                f"this test says that it covers `{name}` of {provider}, which nothing has served it{known}.{_near(provider, name)}"
            )
        found |= fitting
    return found


def _provider(key: tuple[str, str]) -> str:
    return key[1].partition(".")[0]


def _short(key: tuple[str, str]) -> str:
    return key[1].partition(" ")[2] or key[1]


def _is(key: tuple[str, str], provider: str, name: str) -> bool:
    if _provider(key) != provider:
        return False
    whole = key[1].removeprefix(f"{provider}.")
    return name in (key[1], whole, _short(key), whole.partition(" ")[0] if key[0] == "quirk" else None)


def _near(provider: str, name: str) -> str:
    from fauxlate.engine.suggest import did_you_mean

    known = {row.name for row in _every({}, {}) if row.provider == provider}
    return "" if name in known else did_you_mean(name, known)


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the report as data: the sum by kind, and every row."""
    sums = {kind: summed(row for row in rows if row.kind == kind) for kind in KINDS}
    return {
        "percent": round(percentage(rows), 2),
        "summary": {kind: {**asdict(whole), "percent": round(whole.percent, 2)} for kind, whole in sums.items()},
        "rows": [asdict(row) for row in rows],
    }


def terminal(rows: Sequence[Row], *, missing: bool = False) -> list[str]:
    """Return the lines of the table: by operation, lifecycle and quirk how much was served and asserted.

    With `missing`, what was not served is named below each.
    """
    if not rows:
        return ["no documented operation was called"]
    groups: dict[tuple[str, Kind], list[Row]] = {}
    for row in rows:
        group = row.of if row.kind != "quirk" else f"{row.provider} quirks"
        groups.setdefault((group, row.kind), []).append(row)
    heads = ("", "what", "served", "asserted", "%")
    lines: list[tuple[str, ...]] = [heads]
    notes: dict[int, str] = {}
    for (group, kind), own in sorted(groups.items(), key=lambda item: (item[0][0], KINDS.index(item[0][1]))):
        whole = summed(own)
        asked = f"{whole.served}/{whole.rows}" + (f" (-{whole.excluded})" if whole.excluded else "")
        lines.append((group, _PLURAL[kind], asked, str(whole.asserted), f"{whole.percent:.0f}"))
        missed = [_told(row) for row in own if not row.served and row.excluded is None]
        if missing and missed and kind != "operation":
            notes[len(lines) - 1] = "      not served: " + ", ".join(missed)
    whole = summed(row for row in rows if row.kind in DOCUMENTED)
    last = ("documented", "", f"{whole.served}/{whole.rows}", str(whole.asserted), f"{whole.percent:.1f}")
    widths = [max(len(line[at]) for line in (*lines, last)) for at in range(len(heads))]
    shown = [_aligned(line, widths) for line in (*lines, last)]
    told: list[str] = []
    for at, line in enumerate(shown):
        told.append(line.rstrip())
        if at in notes:
            told.append(notes[at])
    return told


def _told(row: Row) -> str:
    return row.name if row.kind != "quirk" else f"{row.of.partition('.')[2]}={row.name}"


_PLURAL = {
    "operation": "called",
    "error": "errors",
    "state": "states",
    "expiry": "expiry",
    "quirk": "choices",
    "fault": "faults",
}


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    words, numbers = line[:2], line[2:]
    cells = [word.ljust(width) for word, width in zip(words, widths, strict=False)]
    return "  ".join([*cells, *(number.rjust(width) for number, width in zip(numbers, widths[2:], strict=True))])


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Fauxlate: coverage of documented behaviour</title><style>
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1f24; }}
table {{ border-collapse: collapse; margin: 0 0 1.5rem; }}
th, td {{ text-align: left; padding: .15rem .8rem; border-bottom: 1px solid #e3e6ea; vertical-align: top; }}
td.n, th.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
tr.missed {{ background: #fdecea; }} tr.served {{ background: #fff8e1; }} tr.asserted {{ background: #e8f5e9; }}
tr.excluded {{ color: #7a828c; }} details {{ margin: .3rem 0; }} summary {{ cursor: pointer; }}
code {{ font-size: 13px; }}
</style></head><body>
<h1>Coverage of documented behaviour: {percent}</h1>
<p>Red: no test was served this. Yellow: served, asserted by none. Green: served and asserted. Grey: left out.</p>
{summary}
{groups}
</body></html>
"""


def html(rows: Sequence[Row]) -> str:
    """Return the report as one page that needs nothing else."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.of, []).append(row)
    summary = [
        f"<tr><td>{kind}</td>{''.join(f'<td class=n>{number}</td>' for number in (one.rows, one.served, one.asserted, one.excluded))}"
        f"<td class=n>{one.percent:.0f} %</td></tr>"
        for kind, one in ((kind, summed(row for row in rows if row.kind == kind)) for kind in KINDS)
    ]
    heads = "".join(f"<th class=n>{head}" for head in ("rows", "served", "asserted", "left out", ""))
    return _PAGE.format(
        percent=f"{percentage(rows):.1f} %",
        summary=f"<table><tr><th>kind{heads}</tr>{''.join(summary)}</table>",
        groups="\n".join(_group(of, own) for of, own in sorted(groups.items())),
    )


def _group(of: str, rows: Sequence[Row]) -> str:
    whole = summed(rows)
    body = "".join(_line(row) for row in sorted(rows, key=lambda row: KINDS.index(row.kind)))
    told = f"{whole.served} of {whole.rows} served, {whole.asserted} asserted"
    heads = "<tr><th>kind<th>name<th class=n>served<th class=n>asserted<th>evidence<th>source</tr>"
    return (
        f"<details open><summary><b>{_safe(of)}</b> {told}</summary><table>{heads}{body}</table></details>"
        if whole.served
        else f"<details><summary><b>{_safe(of)}</b> {told}</summary><table>{heads}{body}</table></details>"
    )


def _line(row: Row) -> str:
    state = "excluded" if row.excluded else "asserted" if row.asserted else "served" if row.served else "missed"
    said = _safe(row.source if row.excluded is None else f"left out: {row.excluded}")
    return (
        f"<tr class={state}><td>{row.kind}<td><code>{_safe(row.name)}</code><td class=n>{row.served}"
        f"<td class=n>{row.asserted}<td>{_safe(row.evidence)}<td>{said}</tr>"
    )


def _safe(text: str) -> str:
    from html import escape

    return escape(re.sub(r"\s+", " ", text))
