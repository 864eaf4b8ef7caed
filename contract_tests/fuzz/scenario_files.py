"""Scenario files that are altered: the compiler returns a scenario or says what is wrong, soon, and does nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import yaml
from fauxlate import library
from fauxlate.engine.exchange.reply import encode_json
from fauxlate.engine.grammar.compiler import compile_scenario
from fauxlate.engine.grammar.diagnostics import ScenarioError
from fauxlate.engine.grammar.sources import Source
from fauxlate.engine.grammar.text import parse
from fauxlate.serving.composition import PROVIDERS

from contract_tests.fuzz.mutations import Mutator

MAX_SECONDS = 5.0
"""What one file may take, on a machine that others use too."""
_PARTS = (
    "&a ", "*a", "<<: *a", "!!python/object:os.system {}", "!!binary |", "!!float .nan", "!!set {a, b}", "? a", "- ", "  ", "\t",
    "|", ">", "---\n", "...\n", "%YAML 9.9\n", "{", "}", "[", "]", ",", ": ", "#", "'", '"', "\u2028", "\ufeff", "\x85", "~", ".inf",
    "0o17", "2026-01-01", "12:30:45", "on: ", "then: ", "when: ", "times: ", "rules:\n", "extends: ", "{regex: '(a|b)*c'}", "1s",
    "uniform(1s, 2s)", "normal(1s, 9s)", "*/3", "50%", "${now}", "every: 3", "fail: ", "drop: reset", "respond: ", "hold: 1d",
)  # fmt: skip


class ScenarioInputs:
    """Makes texts of scenarios of those that are shipped."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.mutator = Mutator(random)
        self._texts = [library.load_shipped(name).text for name in library.shipped_names()]
        self._data = [parse(text)[0] for text in self._texts]

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield self._make().encode("utf-8", "surrogatepass")

    def _make(self) -> str:
        random = self.random
        if random.random() < 0.5:
            data = self._merge()
            for _ in range(random.choice((1, 1, 2, 3, 6))):
                data = self.mutator.alter_value(data)
            return json.dumps(data, default=str) if random.random() < 0.5 else _dump(data)
        text = random.choice(self._texts)
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            text = self._alter_text(text)
        return text

    def _merge(self) -> Any:
        """Return a scenario that has everything that two of them have."""
        one, other = self.random.choice(self._data), self.random.choice(self._data)
        merged = {**one, **other}
        if "rules" in one and "rules" in other:
            merged["rules"] = one["rules"] + other["rules"]
        return merged

    def _alter_text(self, text: str) -> str:
        random = self.random
        kind = random.randrange(4)
        if kind == 0:
            return self.mutator.alter_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
        if kind == 1:
            place = random.randrange(len(text) + 1)
            return text[:place] + random.choice(_PARTS) + text[place + random.choice((0, 0, 1, 5)) :]
        lines = text.splitlines(keepends=True) or [""]
        place, other = random.randrange(len(lines)), random.randrange(len(lines))
        if kind == 2:
            lines[place], lines[other] = lines[other], lines[place]
        else:
            lines[place:place] = lines[place:other] or [" " * random.randrange(9) + lines[place]]
        return "".join(lines)


def _dump(data: Any) -> str:
    try:
        return yaml.safe_dump(data, allow_unicode=True)
    except (yaml.YAMLError, ValueError):
        return json.dumps(data, default=str)


def find_fault(data: bytes) -> str | None:
    """Compile a text both as YAML and as JSON; return what is wrong about how that went, None where nothing is."""
    text = data.decode("utf-8", "surrogatepass")
    for is_json in (False, True) if text[:1] in ("{", "[") else (False,):
        start = time.process_time()
        try:
            scenario = compile_scenario(Source(text, "fuzzed", is_json), PROVIDERS, find=library.load_shipped)
            encode_json(scenario.document)
        except ScenarioError as refusal:
            if not refusal.lines or not all(line.startswith("fuzzed") for line in refusal.lines):
                return f"it is refused without a place: {refusal.lines!r}"
            try:
                str(refusal).encode()
            except UnicodeEncodeError as fault:
                return f"it is refused in words that cannot be sent: {fault}"
        except Exception as fault:  # noqa: BLE001 that is what is looked for
            return f"{type(fault).__name__}: {fault}"
        if time.process_time() - start > MAX_SECONDS:
            return f"it took {time.process_time() - start:.1f} s"
    return None
