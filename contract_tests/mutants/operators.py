"""The operators of the mutation check: what is altered in tables and code, one thing at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract_tests.mutants.mutant import Mutant


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
            if keyword.arg in ("kept", "link_lifetime"):
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


_COMPARING = (
    r"providers/\w+/access/((storage_)?signing|(storage_)?auth|grants|apps|credentials)\.py$"
    r"|engine/(timing/(timeline|clock)|tables/(lifecycles|errors)|sandboxes/store)\.py$"
)
OPERATORS = (
    Operator(re.compile(r"providers/\w+/lifecycles\.py$"), states),
    Operator(re.compile(r"providers/\w+/lifecycles\.py$"), retentions),
    Operator(re.compile(r"providers/"), limits),
    Operator(re.compile(r"providers/\w+/models"), required),
    Operator(re.compile(r"providers/\w+/access/(storage_)?signing\.py$"), steps),
    Operator(
        re.compile(_COMPARING),
        comparisons,
    ),
)
