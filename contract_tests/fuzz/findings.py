"""What was found: each finding with its input in a file, so that it can be tried again."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

_MAX_OF_A_KIND = 3
_VARIABLE = re.compile(r"[0-9a-f]{8,}|\d+|'[^']*'|b\"[^\"]*\"|\"[^\"]*\"")


class Findings:
    """The inputs that were answered wrongly, a few of each kind."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self.paths: list[Path] = []
        self._folder: Path | None = None

    def add(self, target: str, why: str, data: bytes) -> None:
        """Keep an input and what is wrong about the answer to it."""
        kind = _VARIABLE.sub("~", why[:150])
        self.counts[kind] += 1
        if self.counts[kind] > _MAX_OF_A_KIND:
            return
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{self.seed}-"))
        path = self._folder / f"{len(self.paths)}.{target}"
        path.write_bytes(data)
        self.paths.append(path)
        print(f"FOUND with seed {self.seed}: {why[:2000]}\n  the input, for --replay: {path}", flush=True)

    def __len__(self) -> int:
        return self.counts.total()
