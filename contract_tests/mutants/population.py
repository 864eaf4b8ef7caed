"""The population of the mutation check: every mutant of tables and engine, less those that no client can notice."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contract_tests.harness.machine import ROOT
from contract_tests.mutants.mutant import Mutant
from contract_tests.mutants.operators import error_rows, python


@dataclass(frozen=True)
class EquivalentMutants:
    """Mutants that no client of a provider can tell from the original, and why."""

    file: str
    old: str
    why: str

    def matches(self, mutant: Mutant) -> bool:
        """Whether this is one of them."""
        return mutant.file.endswith(self.file) and self.old in mutant.old


_ADMIN = "what the admin API calls a clock, or refuses to do to one, which no provider's client sees"
_WORDS = "in which words a scenario is refused, which no provider's client sees"
_VAIN = "marks are kept or looked up in vain"
EQUIVALENT: tuple[EquivalentMutants, ...] = (
    EquivalentMutants(
        "alibaba/access/signing.py",
        "<= _MAX_CACHED_LENGTH",
        "only whether what comes out is kept for the next time hangs on it",
    ),
    EquivalentMutants("dingtalk/files/objects.py", "900.0", "information on an upload ends by then anyway"),
    EquivalentMutants("engine/timing/clock.py", "self.rate == ", _ADMIN),
    EquivalentMutants("engine/timing/clock.py", "at < now", _ADMIN),
    EquivalentMutants("engine/timing/timeline.py", 'step.dwell.kind == "polls"', _VAIN),
    EquivalentMutants("engine/timing/timeline.py", 'step.dwell.kind in ("polls", "manual")', _VAIN),
    EquivalentMutants("engine/tables/lifecycles.py", "codes is None", _WORDS),
    EquivalentMutants(
        "huawei/storage/multipart.py",
        "256 * 1024 * 1024",
        "only a client that sends a quarter of a gigabyte could tell",
    ),
)


def all_mutants(root: Path = ROOT) -> list[Mutant]:
    """Return every mutant of tables and engine, in the order of the files."""
    found: set[Mutant] = set()
    for path in sorted((root / "emulator" / "fauxlate").rglob("*")):
        file = path.relative_to(root).as_posix()
        if not re.match(r"emulator/fauxlate/(providers|engine)/", file):
            continue
        if path.name == "errors.toml":
            found |= set(error_rows(file, path.read_text("utf-8")))
        elif path.suffix == ".py":
            found |= set(python(file, path.read_text("utf-8")))
    return sorted(one for one in found if not any(equivalent.matches(one) for equivalent in EQUIVALENT))


def draw_sample(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return some of the mutants, of each kind as many, so that the many error rows do not hide the rest."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    kinds = {kind: [one for one in mutants if one.kind == kind] for kind in sorted({one.kind for one in mutants})}
    for of_kind in kinds.values():
        chance.shuffle(of_kind)
    found: list[Mutant] = []
    while len(found) < min(size, len(mutants)):
        for of_kind in kinds.values():
            if of_kind and len(found) < size:
                found.append(of_kind.pop())
    return sorted(found)
