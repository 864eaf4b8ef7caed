"""The mutation check: one thing at a time is altered in the tables and the engine; how often do contract tests notice?

Usage: python -m contract_tests.mutants.command [--all | --sample N] [--seed N] [--only TEXT] [--list] [--jobs N]

A mutant is one change of one file's text: an error row's code, message or status; a state's name or dwell; a retention,
a limit or a window; a required flag; a step of a signature; a comparison. Each is tried on a copy of the package, in a
forked process that runs the tests that have to do with it and stops at the first failure. Survivors are printed; the
code is 1 where fewer than 95 % are caught. The sample is drawn by the seed, so the same seed has the same result.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).parent.parent
PROVIDERS = ("alibaba", "dingtalk", "huawei")
SAMPLE = 150
WANTED = 0.95
_TOLD_EVERY = 25
PATIENCE = 120
"""Seconds for the tests of one mutant: one that makes them hang is noticed, too."""

# What this process imports its children need not: everything that is heavy and is not the emulator.
HEAVY = (
    "pytest", "hypothesis", "aiohttp", "pydantic", "requests", "yaml", "orjson", "multipart", "openpyxl", "PIL.Image",
    "docx", "obs", "faker", "xlrd", "xlwt", "xlsxwriter", "huaweicloudsdknlp.v2", "alibabacloud_alimt20181012.client",
    "alibabacloud_dingtalk.contact_1_0.client", "alibabacloud_dingtalk.oauth2_1_0.client", "huaweicloudsdkcore",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Mutant:
    """One change: in `file`, from `start` to `end` (characters), `new` stands instead; `kind` says what was altered."""

    file: str
    line: int
    start: int
    end: int
    kind: str
    new: str
    old: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.old} → {self.new}"


# What is altered.


def error_rows(file: str, text: str) -> Iterator[Mutant]:
    """Give for each row of an error table another code, another message, and another status."""
    for row in re.finditer(r'^ *\{ code = "[^\n]*$', text, re.MULTILINE):
        line = text.count("\n", 0, row.start()) + 1
        for kind, pattern, alter in (
            ("code", r'code = "([^"]+)"', lambda old: f"{old}0" if old.lstrip("-").isdigit() else f"{old}X"),
            ("message", r'[{,] message = "((?:[^"\\]|\\.)+)"', lambda old: f"{old}~"),
            ("status", r"[{,] (?:status|listed) = (\d+)", _other_status),
        ):
            found = list(re.finditer(pattern, row[0]))
            sent = [one for one in found if "status" in one[0]]
            # A page that prints 104 means no HTTP status: what is printed stands in the body, and `status` is never sent;
            # nor is what is printed, where the code itself is a number.
            if re.search(r"listed = 1\d\d,", row[0]):
                found = [] if kind == "status" and re.search(r'code = "\d+"', row[0]) else found
            else:
                found = sent or found
            if found:
                start, end = (row.start() + at for at in found[0].span(1))
                yield Mutant(file, line, start, end, kind, alter(found[0][1]), found[0][1])


def _other_status(old: str) -> str:
    return "418" if old != "418" and len(old) == 3 and old[0] != "1" else str(int(old) + 1)


def python(file: str, text: str) -> Iterator[Mutant]:
    """Give the mutants of a module, by the operators that are for it."""
    tree = ast.parse(text)
    source = _Source(file, text)
    for operator in OPERATORS:
        if operator.where.search(file):
            for node in _walked(tree):
                yield from operator.alter(source, node)


def _walked(tree: ast.AST) -> Iterator[ast.AST]:
    """Give every node, save those that only write something for people."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.FunctionDef) and node.name in ("__str__", "__repr__")):
            yield node
            yield from _walked(node)


class _Source:
    """A module's text, and where its nodes are in it."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = text.splitlines()

    def at(self, line: int, column: int) -> int:
        """Return the character at a line and a column, which the parser counts in bytes."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def of(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def mutant(self, node: ast.expr, kind: str, new: str) -> Mutant:
        start, end = self.of(node)
        return Mutant(self.file, node.lineno, start, end, kind, new, self.text[start:end])

    def text_of(self, node: ast.expr) -> str:
        start, end = self.of(node)
        return self.text[start:end]


@dataclass(frozen=True)
class Operator:
    """A kind of alteration, and the files that it is for."""

    where: re.Pattern[str]
    alter: Callable[[_Source, ast.AST], Iterator[Mutant]]


def states(source: _Source, node: ast.AST) -> Iterator[Mutant]:
    """Give another name and another dwell to a state."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "State":
        kinds = ("state", "dwell")
        for kind, argument in zip(kinds, node.args, strict=False):
            if isinstance(argument, ast.Constant) and argument.value:
                new = f"{argument.value!s}X" if kind == "state" else _longer(str(argument.value))
                yield source.mutant(argument, kind, f'"{new}"')


def _longer(dwell: str) -> str:
    return re.sub(r"\d+", lambda found: str(int(found[0]) * 2), dwell)


def retentions(source: _Source, node: ast.AST) -> Iterator[Mutant]:
    """Keep a result, or a link to it, for a second longer."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Lifecycle":
        for keyword in node.keywords:
            if keyword.arg in ("kept", "link"):
                yield source.mutant(keyword.value, "retention", f"{source.text_of(keyword.value)} + 60")


def limits(source: _Source, node: ast.AST) -> Iterator[Mutant]:
    """Move a limit or a window of a module by one."""
    if isinstance(node, ast.Assign) and node.col_offset == 0 and isinstance(node.targets[0], ast.Name):
        number = isinstance(node.value, ast.Constant) and type(node.value.value) in (int, float)
        product = isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Mult)
        if node.targets[0].id.isupper() and not node.targets[0].id.startswith("_") and (number or product):
            yield source.mutant(node.value, "limit", f"{source.text_of(node.value)} + 1")


_PLACES = {"query", "header", "form", "body"}


def required(source: _Source, node: ast.AST) -> Iterator[Mutant]:
    """Turn a required parameter into one that is not, and the other way about."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PLACES and node.args:
        if len(node.args) == 1:
            yield source.mutant(node.args[0], "required", f"{source.text_of(node.args[0])}, None")
        elif isinstance(node.args[1], ast.Constant) and node.args[1].value is not ...:
            yield source.mutant(node.args[1], "required", "...")


_STEPS = {"sorted": "list"}
_METHODS = {"lower", "strip", "upper"}


def steps(source: _Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out a step of a signature: the sorting, the case, the trimming, a part of what is signed, its hash."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _STEPS:
            yield source.mutant(node.func, "signature step", _STEPS[node.func.id])
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS and not node.args:
            yield source.mutant(node, "signature step", source.text_of(node.func.value))
    if isinstance(node, ast.Constant) and node.value in ("sha1", "sha256"):
        yield source.mutant(node, "signature step", '"md5"')
    if isinstance(node, ast.JoinedStr):
        yield from _parts(source, node)


def _parts(source: _Source, node: ast.JoinedStr) -> Iterator[Mutant]:
    """Leave out each part of what is put together, where several are."""
    whole = source.text_of(node)
    parts = list(re.finditer(r"\{[^{}]+\}", whole))  # 3.11 does not know where in an f-string a part is
    for part in parts if len(parts) > 1 else ():
        yield source.mutant(node, "signature step", whole[: part.start()] + whole[part.end() :])


_COMPARED = {
    ast.Lt: (">=",), ast.GtE: ("<",), ast.Gt: ("<=",), ast.LtE: (">",), ast.Eq: ("!=",), ast.NotEq: ("==",),
    ast.In: ("not in",), ast.NotIn: ("in",), ast.Is: ("is not",), ast.IsNot: ("is",),
}  # fmt: skip
_COUNTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/"}


def comparisons(source: _Source, node: ast.AST) -> Iterator[Mutant]:
    """Turn a comparison, a condition or a sum into its opposite."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = source.text_of(node.left), source.text_of(node.comparators[0])
        for new in _COMPARED.get(type(node.ops[0]), ()):
            yield source.mutant(node, "comparison", f"({left} {new} {right})")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.mutant(node, "condition", f"({source.text_of(node.operand)})")
    if isinstance(node, ast.BoolOp):
        other = "or" if isinstance(node.op, ast.And) else "and"
        values = [f"({source.text_of(value)})" for value in node.values]
        yield source.mutant(node, "condition", f"({f' {other} '.join(values)})")
    if isinstance(node, ast.BinOp) and type(node.op) in _COUNTED and not _textual(node):
        left, right = source.text_of(node.left), source.text_of(node.right)
        yield source.mutant(node, "sum", f"({left} {_COUNTED[type(node.op)]} {right})")


def _textual(node: ast.BinOp) -> bool:
    return any(isinstance(one, ast.JoinedStr | ast.Constant) and not _number(one) for one in (node.left, node.right))


def _number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


OPERATORS = (
    Operator(re.compile(r"providers/\w+/lifecycles\.py$"), states),
    Operator(re.compile(r"providers/\w+/lifecycles\.py$"), retentions),
    Operator(re.compile(r"providers/"), limits),
    Operator(re.compile(r"providers/\w+/models"), required),
    Operator(re.compile(r"providers/\w+/(storage_)?signing\.py$"), steps),
    Operator(
        re.compile(r"providers/\w+/((storage_)?signing|auth)\.py$|engine/(timeline|clock|store|errors)\.py$"),
        comparisons,
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
    return sorted(one for one in found if not any(same.matches(one) for same in EQUAL))


@dataclass(frozen=True)
class Same:
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
EQUAL: tuple[Same, ...] = (
    Same(
        "alibaba/signing.py",
        "<= _MAX_CACHED_LENGTH",
        "only whether what comes out is kept for the next time hangs on it",
    ),
    Same("dingtalk/objects.py", "900.0", "information on an upload ends by then anyway"),
    Same("engine/timing/clock.py", "self.rate == ", _ADMIN),
    Same("engine/timing/clock.py", "at < now", _ADMIN),
    Same("engine/timing/timeline.py", 'step.dwell.kind == "polls"', _VAIN),
    Same("engine/timing/timeline.py", 'step.dwell.kind in ("polls", "manual")', _VAIN),
    Same("engine/timing/timeline.py", "codes is None", _WORDS),
    Same("huawei/multipart.py", "256 * 1024 * 1024", "only a client that sends a quarter of a gigabyte could tell"),
)


# Which tests have to do with it.


def related(mutant: Mutant) -> list[list[str]]:
    """Return the arguments of pytest for each round of tests, the nearest first."""
    provider = next((one for one in PROVIDERS if f"providers/{one}/" in mutant.file), "")
    tables, examples = "contract_tests/test_tables.py", "contract_tests/test_examples.py"
    if mutant.file.endswith("errors.toml"):
        return [[tables, "-k", f"(over_the_wire or stand_in_the_tables) and {provider}"], [examples]]
    if mutant.file.endswith("lifecycles.py"):
        return [[tables, "-k", f"not over_the_wire and {provider}"], [examples]]
    if not provider:
        return [
            [tables, "-k", "not over_the_wire"],
            [examples, "contract_tests/test_signatures.py"],
            ["contract_tests/test_quirks.py"],
            ["contract_tests/test_scenarios.py"],
        ]
    others = " and ".join(f"not {one}." for one in PROVIDERS if one != provider)
    near = [examples, "contract_tests/test_signatures.py", "contract_tests/test_bad_input.py", "-k", others]
    if "/models" in mutant.file:
        return [[tables, "-k", f"not over_the_wire and {provider}"], near, _files(provider)]
    return [[examples, "contract_tests/test_signatures.py"], _files(provider), near]


_LEFT_OUT = ("clients", "node", "documents", "anything", "stream")
"""What is slow, or depends on how long things really take: a busy machine would then catch mutants by itself."""


def _files(provider: str) -> list[str]:
    found = sorted((ROOT / "contract_tests").glob(f"test_{provider}_*.py"))
    files = [one.relative_to(ROOT).as_posix() for one in found if not any(word in one.name for word in _LEFT_OUT)]
    return [*files, "contract_tests/test_quirks.py"]


# Trying one.


class BrokenError(Exception):
    """Tests that fail without any mutant, so that nothing can be told by them."""


class Copy:
    """A copy of the package in which one file at a time is altered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "emulator" / "fauxlate", folder / "emulator" / "fauxlate", ignore=ignored)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        self._sound: set[tuple[str, ...]] = set()

    @contextlib.contextmanager
    def altered(self, mutant: Mutant) -> Iterator[None]:
        path = self.folder / mutant.file
        text = path.read_text("utf-8")
        assert text[mutant.start : mutant.end] == mutant.old
        path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :], "utf-8")
        try:
            yield
        finally:
            path.write_text(text, "utf-8")

    def passes(self, arguments: Sequence[str]) -> bool:
        """Whether tests pass here, in a process of their own."""
        child = os.fork()
        if child == 0:
            os._exit(self._run(arguments))
        ends = time.monotonic() + PATIENCE
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) == 0
            if time.monotonic() > ends:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return False
            time.sleep(0.02)

    def _run(self, arguments: Sequence[str]) -> int:
        import pytest

        os.chdir(ROOT)
        copy = str(self.folder / "emulator")
        sys.path.insert(0, copy)
        sys.dont_write_bytecode = True
        os.environ.update(PYTHONPATH=copy, PYTHONDONTWRITEBYTECODE="1")
        void = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(void, stream)
        plain = [
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "--hypothesis-seed=0",
            "--no-header",
            "--tb=no",
            "-o",
            f"pythonpath=. {copy}",
        ]
        plain += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        try:
            return int(pytest.main([*plain, *arguments]))
        except BaseException:  # noqa: BLE001  (whatever it is, the mutant was noticed)
            return 1

    def survives(self, mutant: Mutant) -> bool:
        """Whether no related test notices the mutant. Raises `BrokenError` where they fail without it."""
        with self.altered(mutant):
            noticed = next((arguments for arguments in related(mutant) if not self.passes(arguments)), None)
        if noticed is None:
            return True
        if tuple(noticed) not in self._sound and not self.passes(noticed):
            raise BrokenError(" ".join(noticed))
        self._sound.add(tuple(noticed))
        return False


def tried(mutants: Sequence[Mutant], jobs: int, tell: Callable[[str], None]) -> list[Mutant]:
    """Return the survivors, in their order. Each of `jobs` processes has its own copy, and every jobs-th mutant."""
    readers: list[int] = []
    workers: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(jobs):
            reader, writer = os.pipe()
            worker = os.fork()
            if worker == 0:
                try:
                    os.setpgid(0, 0)
                    with os.fdopen(writer, "w") as out:
                        _worker(Copy(Path(folder) / str(number)), mutants, range(number, len(mutants), jobs), out)
                except Exception:  # noqa: BLE001  (the parent sees that mutants were not tried)
                    traceback.print_exc()
                finally:
                    os._exit(0)  # whatever came, so that nothing of the parent's is done twice
            os.close(writer)
            readers.append(reader)
            workers.append(worker)
        try:
            return _survivors(mutants, readers, tell)
        finally:
            for worker in workers:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(worker, signal.SIGTERM)  # whoever is still at it, with the tests that it runs
                os.waitpid(worker, 0)


def _worker(copy: Copy, mutants: Sequence[Mutant], indices: Iterable[int], out: TextIO) -> None:
    for index in indices:
        try:
            out.write(f"{index} {int(copy.survives(mutants[index]))}\n")
        except BrokenError as broken:
            out.write(f"broken {broken}\n")
            return
        out.flush()


def _survivors(mutants: Sequence[Mutant], readers: list[int], tell: Callable[[str], None]) -> list[Mutant]:
    import selectors

    found: list[int] = []
    done = 0
    with selectors.DefaultSelector() as waiting:
        for reader in readers:
            waiting.register(os.fdopen(reader), selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if not line:
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
                    continue
                if line.startswith("broken "):
                    raise BrokenError(line.removeprefix("broken ").strip())
                index, survived = (int(part) for part in line.split())
                done += 1
                if survived:
                    found.append(index)
                    tell(f"survives: {mutants[index]}")
                if done % _TOLD_EVERY == 0:
                    tell(f"{done} of {len(mutants)} tried, {len(found)} survive")
    assert done == len(mutants), f"{len(mutants) - done} mutants were not tried"
    return [mutants[index] for index in sorted(found)]


def sampled(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
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


def main() -> int:
    """Try mutants; return the code to end with."""
    parser = argparse.ArgumentParser(description="How many single alterations do the contract tests notice?")
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many (default {SAMPLE})")
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
        mutants = sampled(mutants, told.sample, told.seed)
    if told.list:
        print(*mutants, sep="\n")
        return 0
    for name in HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    try:
        survivors = tried(mutants, min(told.jobs, len(mutants)), lambda line: print(line, flush=True))
    except BrokenError as broken:
        print(f"these tests fail without any mutant, so that nothing can be told: {broken}")
        return 2
    for kind in sorted({one.kind for one in mutants}):
        of_kind = [one for one in mutants if one.kind == kind]
        lost = sum(one.kind == kind for one in survivors)
        print(f"{kind:<16}{len(of_kind) - lost:>5} of {len(of_kind)}")
    caught = len(mutants) - len(survivors)
    share = caught / len(mutants)
    print(f"{caught} of {len(mutants)} mutants caught: {share:.1%}; {WANTED:.0%} are wanted")
    return int(share < WANTED)


if __name__ == "__main__":
    raise SystemExit(main())
