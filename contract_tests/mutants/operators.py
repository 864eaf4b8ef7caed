"""The operators of the mutation check: what is altered in the code of tables and engine, one thing at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract_tests.mutants.mutant import Mutant
from contract_tests.mutants.source import Source


@dataclass(frozen=True)
class Operator:
    """A kind of alteration, and the files that it is for."""

    files: re.Pattern[str]
    alter: Callable[[Source, ast.AST], Iterator[Mutant]]


def alter_states(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Give another name and another dwell to a state."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "State":
        kinds = ("state", "dwell")
        for kind, argument in zip(kinds, node.args, strict=False):
            if isinstance(argument, ast.Constant) and argument.value:
                new = f"{argument.value!s}X" if kind == "state" else _lengthen(str(argument.value))
                yield source.mutant(argument, kind, f'"{new}"')


def _lengthen(dwell: str) -> str:
    return re.sub(r"\d+", lambda number: str(int(number[0]) * 2), dwell)


def extend_retentions(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Keep a result, or a link to it, for a minute longer."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Lifecycle":
        for keyword in node.keywords:
            if keyword.arg in ("retention", "link_lifetime"):
                yield source.mutant(keyword.value, "retention", f"{source.text_of(keyword.value)} + 60")


def move_limits(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Move a limit or a window of a module by one."""
    if isinstance(node, ast.Assign) and node.col_offset == 0 and isinstance(node.targets[0], ast.Name):
        is_number = isinstance(node.value, ast.Constant) and type(node.value.value) in (int, float)
        is_product = isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Mult)
        name = node.targets[0].id
        if name.isupper() and not name.startswith("_") and (is_number or is_product):
            yield source.mutant(node.value, "limit", f"{source.text_of(node.value)} + 1")


_PLACES = {"query", "header", "form", "body"}


def flip_required(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Turn a required parameter into one that is not, and the other way about."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PLACES and node.args:
        if len(node.args) == 1:
            yield source.mutant(node.args[0], "required", f"{source.text_of(node.args[0])}, None")
        elif isinstance(node.args[1], ast.Constant) and node.args[1].value is not ...:
            yield source.mutant(node.args[1], "required", "...")


_FUNCTIONS = {"sorted": "list"}
_METHODS = {"lower", "strip", "upper"}


def drop_signature_steps(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out a step of a signature: the sorting, the case, the trimming, a part of what is signed, its hash."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            yield source.mutant(node.func, "signature step", _FUNCTIONS[node.func.id])
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS and not node.args:
            yield source.mutant(node, "signature step", source.text_of(node.func.value))
    if isinstance(node, ast.Constant) and node.value in ("sha1", "sha256"):
        yield source.mutant(node, "signature step", '"md5"')
    if isinstance(node, ast.JoinedStr):
        yield from _drop_parts(source, node)


def _drop_parts(source: Source, node: ast.JoinedStr) -> Iterator[Mutant]:
    """Leave out each part of an f-string that has several."""
    text = source.text_of(node)
    parts = list(re.finditer(r"\{[^{}]+\}", text))  # 3.11 does not know where in an f-string a part is
    for part in parts if len(parts) > 1 else ():
        yield source.mutant(node, "signature step", text[: part.start()] + text[part.end() :])


_OPPOSITE_COMPARISONS = {
    ast.Lt: (">=",), ast.GtE: ("<",), ast.Gt: ("<=",), ast.LtE: (">",), ast.Eq: ("!=",), ast.NotEq: ("==",),
    ast.In: ("not in",), ast.NotIn: ("in",), ast.Is: ("is not",), ast.IsNot: ("is",),
}  # fmt: skip
_OPPOSITE_SUMS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/"}


def invert(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Turn a comparison, a condition or a sum into its opposite."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = source.text_of(node.left), source.text_of(node.comparators[0])
        for new in _OPPOSITE_COMPARISONS.get(type(node.ops[0]), ()):
            yield source.mutant(node, "comparison", f"({left} {new} {right})")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.mutant(node, "condition", f"({source.text_of(node.operand)})")
    if isinstance(node, ast.BoolOp):
        other = "or" if isinstance(node.op, ast.And) else "and"
        values = [f"({source.text_of(value)})" for value in node.values]
        yield source.mutant(node, "condition", f"({f' {other} '.join(values)})")
    if isinstance(node, ast.BinOp) and type(node.op) in _OPPOSITE_SUMS and not _has_text(node):
        left, right = source.text_of(node.left), source.text_of(node.right)
        yield source.mutant(node, "sum", f"({left} {_OPPOSITE_SUMS[type(node.op)]} {right})")


def _has_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(operand, ast.JoinedStr | ast.Constant) and not _is_number(operand)
        for operand in (node.left, node.right)
    )


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


_COMPARISONS = re.compile(
    r"providers/\w+/access/((storage_)?signing|(storage_)?auth|grants|apps|credentials)\.py$"
    r"|engine/(timing/(timeline|clock)|tables/(lifecycles|errors)|sandboxes/store)\.py$"
)
OPERATORS = (
    Operator(re.compile(r"providers/\w+/lifecycles\.py$"), alter_states),
    Operator(re.compile(r"providers/\w+/lifecycles\.py$"), extend_retentions),
    Operator(re.compile(r"providers/"), move_limits),
    Operator(re.compile(r"providers/\w+/models"), flip_required),
    Operator(re.compile(r"providers/\w+/access/(storage_)?signing\.py$"), drop_signature_steps),
    Operator(_COMPARISONS, invert),
)


def python_mutants(file: str, text: str) -> Iterator[Mutant]:
    """Give the mutants of a module, by the operators that are for its file."""
    tree = ast.parse(text)
    source = Source(file, text)
    for operator in OPERATORS:
        if operator.files.search(file):
            for node in _walk(tree):
                yield from operator.alter(source, node)


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    """Give every node except those of `__str__` and `__repr__`, which only people read."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.FunctionDef) and node.name in ("__str__", "__repr__")):
            yield node
            yield from _walk(node)
