"""The population of the mutation check: every mutant of tables and engine, less those that no client can notice."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contract_tests.harness.machine import ROOT
from contract_tests.mutants.error_tables import error_table_mutants
from contract_tests.mutants.mutant import Mutant
from contract_tests.mutants.operators import python_mutants


@dataclass(frozen=True)
class EquivalentMutants:
    """Mutants that no client of a provider can tell from the original, by file and altered text, and why."""

    file: str
    old: str
    why: str

    def matches(self, mutant: Mutant) -> bool:
        """Return whether a mutant is one of these."""
        return mutant.file.endswith(self.file) and self.old in mutant.old


_ADMIN_ONLY = "what the admin API calls a clock, or refuses to do to one, which no provider's client sees"
_WORDING_ONLY = "in which words a scenario is refused, which no provider's client sees"
_NO_EFFECT = "marks are kept or looked up in vain"
EQUIVALENT: tuple[EquivalentMutants, ...] = (
    EquivalentMutants(
        "alibaba/access/signing.py",
        "<= _MAX_CACHED_LENGTH",
        "only whether what comes out is kept for the next time hangs on it",
    ),
    EquivalentMutants("dingtalk/files/objects.py", "900.0", "information on an upload ends by then anyway"),
    EquivalentMutants("engine/timing/clock.py", "self.rate == ", _ADMIN_ONLY),
    EquivalentMutants("engine/timing/clock.py", "at < now", _ADMIN_ONLY),
    EquivalentMutants("engine/timing/timeline.py", 'step.dwell.kind == "polls"', _NO_EFFECT),
    EquivalentMutants("engine/timing/timeline.py", 'step.dwell.kind in ("polls", "manual")', _NO_EFFECT),
    EquivalentMutants("engine/tables/lifecycles.py", "codes is None", _WORDING_ONLY),
    EquivalentMutants(
        "huawei/storage/multipart.py",
        "256 * 1024 * 1024",
        "only a client that sends a quarter of a gigabyte could tell",
    ),
)


def all_mutants(root: Path = ROOT) -> list[Mutant]:
    """Return every mutant of tables and engine, in the order of the files."""
    mutants: set[Mutant] = set()
    for path in sorted((root / "emulator" / "fauxlate").rglob("*")):
        file = path.relative_to(root).as_posix()
        if not re.match(r"emulator/fauxlate/(providers|engine)/", file):
            continue
        if path.name == "errors.toml":
            mutants |= set(error_table_mutants(file, path.read_text("utf-8")))
        elif path.suffix == ".py":
            mutants |= set(python_mutants(file, path.read_text("utf-8")))
    return sorted(mutant for mutant in mutants if not any(same.matches(mutant) for same in EQUIVALENT))


def draw_sample(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return some of the mutants, as many of each kind, so that the many error rows do not hide the rest."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    kinds = sorted({mutant.kind for mutant in mutants})
    remaining = {kind: [mutant for mutant in mutants if mutant.kind == kind] for kind in kinds}
    for of_kind in remaining.values():
        chance.shuffle(of_kind)
    sample: list[Mutant] = []
    while len(sample) < min(size, len(mutants)):
        for of_kind in remaining.values():
            if of_kind and len(sample) < size:
                sample.append(of_kind.pop())
    return sorted(sample)
